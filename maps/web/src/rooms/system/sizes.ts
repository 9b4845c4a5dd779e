/** Bytes and running times as a person reads them. */
import type { Locale } from '@/state/model'

const STEP = 1024
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** "312 MB"; one decimal below ten. */
export function bytes(count: number, locale: Locale): string {
  const rank = count < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log(count) / Math.log(STEP)))
  const value = count / STEP ** rank
  const digits = rank > 0 && value < 10 ? 1 : 0
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)} ${UNITS[rank] ?? 'B'}`
}

const PARTS = [['day', 86_400], ['hour', 3600], ['minute', 60]] as const

/** "2 天 3 小时": the two largest parts. */
export function duration(seconds: number, locale: Locale): string {
  let left = Math.max(0, Math.floor(seconds))
  const said: string[] = []
  for (const [unit, size] of PARTS) {
    const many = Math.floor(left / size)
    left -= many * size
    if (many > 0 || (unit === 'minute' && said.length === 0)) {
      said.push(new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(many))
    }
  }
  return said.slice(0, 2).join(' ')
}
