/** A row's values as the table words them. */
import type { DataRow } from '@/api/rows'
import type { FieldInfo, Locale, Named } from '@/state/model'
import { unitWord } from '@/state/units'
import { isEmpty, name, valueText } from '@/state/words'

export type Township = Named & { readonly code: string }

/** Digits of a township's code; a village's has more, a county's fewer. */
const TOWNSHIP_DIGITS = 9

export function townshipName(code: string, townships: readonly Township[], locale: Locale): string {
  const township = townships.find((one) => one.code === code.slice(0, TOWNSHIP_DIGITS))
  return township ? name(township, locale) : code
}

/** Units stand in the heading, so a number is only a number; one that differs from row to row stands at the number. */
export function cellText(field: FieldInfo, row: DataRow, townships: readonly Township[], locale: Locale): string {
  const value = row.properties[field.name] ?? null
  if (isEmpty(value)) return ''
  if (field.name === 'admin_code') return townshipName(String(value), townships, locale)
  return valueText(field.unit === null || field.unitBy ? field : { ...field, unit: null }, value, locale, row.properties)
}

export function heading(field: FieldInfo, locale: Locale): string {
  const unit = field.unitBy ? '' : unitWord(field.unit, locale, name(field, locale))
  return unit ? `${name(field, locale)} (${unit})` : name(field, locale)
}

export const isExercise = (row: DataRow): boolean => row.properties.source === 'exercise'

export const rowName = (row: DataRow): string => String(row.properties.name ?? row.properties.code ?? row.id)

export const isNumeric = (field: FieldInfo): boolean =>
  (field.kind === 'integer' || field.kind === 'number') && field.codes.length === 0
