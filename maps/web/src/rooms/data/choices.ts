/** What can be ticked for a field: its codes, the townships, or yes and no. */
import type { FieldInfo, Locale } from '@/state/model'
import { name } from '@/state/words'
import type { Township } from './cells'
import { sortOf } from './conditions'

const YES_NO = [
  { value: 'true', zh: '是', en: 'Yes' },
  { value: 'false', zh: '否', en: 'No' },
] as const

export function choicesOf(
  field: FieldInfo, townships: readonly Township[], locale: Locale,
): { value: string; words: string }[] {
  switch (sortOf(field)) {
    case 'township': return townships.map((one) => ({ value: one.code, words: name(one, locale) }))
    case 'boolean': return YES_NO.map((one) => ({ value: one.value, words: name(one, locale) }))
    default: return field.codes.map((code) => ({ value: code.value, words: name(code, locale) }))
  }
}
