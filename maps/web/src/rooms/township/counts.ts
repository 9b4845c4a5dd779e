/** What a township has and what its data need, as numbers that each open the list they count. */
import { summary, type SummaryRow } from '@/api/rows'
import { health, type LayerHealth } from '@/api/system'
import type { LayerInfo } from '@/state/model'

/** Layers on the cards of the home, in reading order. */
export const CARDS = {
  danger: [
    'geohazards', 'risk_zones', 'flash_flood_zones', 'flood_spots', 'reservoirs', 'check_dams', 'tailings_ponds', 'spoil_heaps', 'mines', 'chemical_sites',
    'fire_zones',
  ],
  help: ['shelters', 'rescue_teams', 'depots', 'stations', 'hospitals'],
  people2: ['households', 'care_homes', 'schools', 'scenic_spots'],
} as const
export type Card = keyof typeof CARDS

export interface Counted {
  readonly layer: LayerInfo
  readonly total: number
  readonly exercise: number
  /** Rows by the layer's own grade or state, worst first; empty where it has none. */
  readonly classes: readonly SummaryRow[]
}

export interface Work {
  readonly layer: LayerInfo
  readonly pending: number
  readonly incomplete: number
  /** Lists the rows of `incomplete`, this township's only. */
  readonly incompleteFilter: string
}

export const inTownship = (code: string): string => `admin_code LIKE '${code}%'`
export const also = (code: string, condition: string): string => `${inTownship(code)} AND (${condition})`
export const classFilter = (code: string, by: string, value: string | null): string =>
  also(code, value === null ? `${by} IS NULL` : `${by} = '${value.replaceAll("'", "''")}'`)

const sum = (rows: readonly SummaryRow[], what: 'count' | 'exerciseCount'): number => rows.reduce((all, row) => all + row[what], 0)

/** Every layer has it; it stands in where a layer has no grade. */
const VERIFY = 'verify'
const PENDING = 'pending'

function worstFirst(layer: LayerInfo, rows: readonly SummaryRow[]): SummaryRow[] {
  const rank = (row: SummaryRow): number => layer.classes.find((one) => one.value === row.value)?.rank ?? layer.classes.length
  return rows.filter((row) => row.count > 0).sort((a, b) => rank(a) - rank(b))
}

export async function counted(layer: LayerInfo, code: string, asOf: string | null, signal: AbortSignal): Promise<Counted> {
  const rows = await summary({ layer: layer.name, filter: inTownship(code), asOf }, layer.by ?? VERIFY, signal)
  return { layer, total: sum(rows, 'count'), exercise: sum(rows, 'exerciseCount'), classes: layer.by ? worstFirst(layer, rows) : [] }
}

async function workOn(layer: LayerInfo, code: string, found: LayerHealth, signal: AbortSignal): Promise<Work> {
  const incompleteFilter = also(code, found.incomplete.filter ?? 'id < 0')
  const count = async (filter: string): Promise<SummaryRow[]> => summary({ layer: layer.name, filter, asOf: null }, VERIFY, signal)
  const [all, incomplete] = await Promise.all([
    (found.pending.count ?? 0) > 0 ? count(inTownship(code)) : [],
    (found.incomplete.count ?? 0) > 0 && found.incomplete.filter !== null ? count(incompleteFilter) : [],
  ])
  return {
    layer, pending: all.find((row) => row.value === PENDING)?.count ?? 0, incomplete: sum(incomplete, 'count'), incompleteFilter,
  }
}

/** Layers with something to verify or to complete in this township now, the fullest first. */
export async function work(layers: readonly LayerInfo[], code: string, signal: AbortSignal): Promise<Work[]> {
  const byName = new Map(layers.map((layer) => [layer.name, layer]))
  const asked = (await health(signal)).flatMap((found) => {
    const layer = byName.get(found.layer)
    return layer && found.rows > 0 ? [workOn(layer, code, found, signal)] : []
  })
  const found = (await Promise.all(asked)).filter((one) => one.pending + one.incomplete > 0)
  return found.sort((a, b) => b.pending + b.incomplete - a.pending - a.incomplete)
}
