/** A value of an answer's list as a person reads it. */
import type { Words } from '@/api/processes'
import type { Locale } from '@/state/model'
import { moment } from '@/state/words'

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/

/** Large numbers without decimals, small ones with as many as still mean something. */
export function figureText(value: number, locale: Locale): string {
  const size = Math.abs(value)
  const maximumFractionDigits = Number.isInteger(value) || size >= 1000 ? 0 : size >= 10 ? 1 : 2
  return new Intl.NumberFormat(locale, { maximumFractionDigits }).format(value)
}

export interface Size { readonly unit: string; readonly per: number }

const M2_PER_KM2 = 1_000_000
/** Eight digits: nobody reads 352,191,790 m², while 1,130,973 m² tell more than 1.13 km². As layers/units.py has it. */
const LARGE_M2 = 10_000_000

/** The unit a figure is told in. */
export const sizeFor = (unit: string, value: number): Size =>
  (unit === 'm²' && Math.abs(value) >= LARGE_M2 ? { unit: 'km²', per: M2_PER_KM2 } : { unit, per: 1 })

/** Whether a cell is words, given in both languages. */
export const isWords = (value: unknown): value is Words =>
  typeof value === 'object' && value !== null && typeof (value as Partial<Words>).zh === 'string' && typeof (value as Partial<Words>).en === 'string'

export function cellText(value: unknown, locale: Locale): string {
  if (value === null || value === undefined || value === '') return '—'
  if (typeof value === 'number') return figureText(value, locale)
  if (typeof value === 'boolean') return locale === 'en' ? (value ? 'yes' : 'no') : value ? '是' : '否'
  if (isWords(value)) return cellText(locale === 'en' ? value.en : value.zh, locale)
  if (Array.isArray(value)) return value.map((one) => cellText(one, locale)).join(locale === 'en' ? ', ' : '、')
  if (typeof value === 'object') return Object.entries(value).map(([key, one]) => `${key} ${cellText(one, locale)}`).join(' · ')
  return typeof value === 'string' && ISO.test(value) ? moment(new Date(value), locale) : String(value)
}
