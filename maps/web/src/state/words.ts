/** Values and moments as a person reads them. */
import { rowsOf } from './editRows'
import type { FieldInfo, Locale, Named, Value } from './model'
import { unitWord } from './units'

export const ZONE = 'Asia/Shanghai'
export const name = (thing: Named, locale: Locale): string => (locale === 'en' ? thing.en || thing.zh : thing.zh)

export function moment(at: Date, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: ZONE, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
  }).format(at)
}

export function clock(at: Date): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: ZONE, hourCycle: 'h23', hour: '2-digit', minute: '2-digit', second: '2-digit',
  }).format(at)
}

export function day(at: Date, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, { timeZone: ZONE, month: 'short', day: 'numeric', weekday: 'short' }).format(at)
}

/** "3 分钟前": the age of something, in the largest whole unit. */
export function age(seconds: number, locale: Locale): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  if (seconds < 60) return locale === 'en' ? 'just now' : '刚刚'
  if (seconds < 3600) return format.format(-Math.floor(seconds / 60), 'minute')
  if (seconds < 86_400) return format.format(-Math.floor(seconds / 3600), 'hour')
  return format.format(-Math.floor(seconds / 86_400), 'day')
}

export const number = (value: number, locale: Locale): string =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: 6 }).format(value)

export const isEmpty = (value: Value | undefined): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)

const YES_NO: Record<'true' | 'false', Named> = { true: { zh: '是', en: 'Yes' }, false: { zh: '否', en: 'No' } }

function one(field: FieldInfo, value: Value, locale: Locale): string {
  const code = field.codes.find((candidate) => candidate.value === String(value))
  if (code) return name(code, locale)
  if (typeof value === 'boolean') return name(YES_NO[value ? 'true' : 'false'], locale)
  if (typeof value === 'number') return number(value, locale)
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value)) return moment(new Date(value), locale)
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    return Object.entries(value).map(([key, inner]) => `${key} ${String(inner)}`).join(' · ')
  }
  return String(value)
}

/** The unit a field's number has in this row; null where it has none, or where nothing says yet which of several. */
export function unitOf(field: FieldInfo, properties: Readonly<Record<string, Value>>): string | null {
  return field.unitBy ? (field.unitBy.units[String(properties[field.unitBy.field] ?? '')] ?? null) : field.unit
}

/** One row of a small list: its key, and its cells with their units. */
export function rowText(field: FieldInfo, key: string, cells: Readonly<Record<string, Value>>, locale: Locale): string {
  const said = (field.entry?.fields ?? []).filter((cell) => !isEmpty(cells[cell.name])).map((cell) => valueText(cell, cells[cell.name] as Value, locale))
  return [key, ...said].join(' ')
}

/** A value of a field with its code's label and its unit; `properties`: of its row, where the unit follows from another. */
export function valueText(field: FieldInfo, value: Value, locale: Locale, properties: Readonly<Record<string, Value>> = {}): string {
  if (field.entry) return rowsOf(value).map(({ key, cells }) => rowText(field, key, cells, locale)).join(locale === 'en' ? '; ' : ';')
  const unit = unitWord(unitOf(field, properties), locale, name(field, locale))
  const text = Array.isArray(value)
    ? value.map((part: Value) => one(field, part, locale)).join(locale === 'en' ? ', ' : '、')
    : one(field, value, locale)
  return unit && typeof value === 'number' ? `${text} ${unit}` : text
}

/**
 * A moment of the server as a Date, which knows no microseconds: rounded up, so that what was written at that moment is
 * there when one looks at it.
 */
export function dateAfter(text: string): Date {
  const at = new Date(text)
  const finer = /\.\d{3}(\d+)/.exec(text)?.[1] ?? ''
  return /[1-9]/.test(finer) ? new Date(at.getTime() + 1) : at
}

/** China keeps one time all year round. */
const ZONE_OFFSET = '+08:00'
const ZONE_OFFSET_MS = 8 * 3_600_000

/** A moment as `<input type="datetime-local">` holds it, in China's time. */
export const localInput = (at: Date): string => new Date(at.getTime() + ZONE_OFFSET_MS).toISOString().slice(0, 16)

/** What was typed into such a field as a moment in UTC; null where it is none. */
export function momentFromInput(text: string): string | null {
  const at = new Date(`${text}${ZONE_OFFSET}`)
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}
