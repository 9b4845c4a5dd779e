/** The objects of an alarm as a sentence has them. */
import type { FoundRow } from '@/api/standing'
import type { Locale } from './model'

const SHOWN = 4

type Say = (key: string, values: Record<string, unknown>) => string

export function namesText(rows: readonly FoundRow[], locale: Locale, say: Say): string {
  const shown = rows.slice(0, SHOWN).map((row) => row.name ?? row.id).join(locale === 'en' ? ', ' : '、')
  if (rows.length <= SHOWN) return shown
  return `${shown}${locale === 'en' ? ' ' : ''}${say('standing.more', { n: rows.length })}`
}

/** People behind them; null where nobody has entered any. */
export function peopleOf(rows: readonly FoundRow[]): number | null {
  const known = rows.flatMap((row) => (typeof row.people === 'number' ? [row.people] : []))
  return known.length > 0 ? known.reduce((sum, one) => sum + one, 0) : null
}
