/** What units are called in the screen's language: the server's table, read with the layers. */
import { shallowRef } from 'vue'
import type { Locale, Named } from './model'

const words = shallowRef<ReadonlyMap<string, Named>>(new Map())

export function learnUnits(table: ReadonlyMap<string, Named>): void {
  words.value = table
}

/**
 * A unit that the table does not have is a symbol (m, km²); an empty word is not shown: "Beds 30". Beside a label that says
 * the word already it is not said again: "People 30", but "Capacity 30 people".
 */
export function unitWord(unit: string | null | undefined, locale: Locale, label = ''): string {
  if (!unit) return ''
  const known = words.value.get(unit)
  const word = known ? (locale === 'en' ? known.en : known.zh) : unit
  return label.toLowerCase().split(/[^\p{L}]+/u).includes(word.toLowerCase()) ? '' : word
}
