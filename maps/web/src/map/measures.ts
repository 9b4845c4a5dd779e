/** Lengths and areas in words: the unit that keeps three or four figures. */
import type { Locale } from '@/state/model'
import { number } from '@/state/words'

const M2_PER_MU = 2000 / 3

type Say = (key: string, values: Record<string, string>) => string

const rounded = (value: number, decimals: number, locale: Locale): string =>
  number(Number(value.toFixed(decimals)), locale)

export function lengthText(metres: number, say: Say, locale: Locale): string {
  if (metres < 1000) return say('measure.metres', { n: rounded(metres, metres < 100 ? 1 : 0, locale) })
  return say('measure.kilometres', { n: rounded(metres / 1000, metres < 100_000 ? 2 : 1, locale) })
}

export function areaText(m2: number, say: Say, locale: Locale): string {
  if (m2 < 100_000) return say('measure.squareMetres', { n: rounded(m2, 0, locale) })
  return say('measure.squareKilometres', { n: rounded(m2 / 1e6, m2 < 1e8 ? 3 : 1, locale) })
}

/** 亩, as fields and burnt ground are counted: 15 to the hectare. */
export const muText = (m2: number, say: Say, locale: Locale): string =>
  say('measure.mu', { n: rounded(m2 / M2_PER_MU, m2 < 6667 ? 1 : 0, locale) })
