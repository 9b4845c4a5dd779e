/** Who and what lies in an area. */
import type { LonLat } from '@/map/coordinates'
import type { Named } from '@/state/model'
import { getJson, writeJson } from './client'

export type Area =
  | { readonly kind: 'ring'; readonly ring: readonly LonLat[] }
  | { readonly kind: 'circle'; readonly centre: LonLat; readonly radiusM: number }
  | { readonly kind: 'township'; readonly code: string }

export interface InsideHit {
  readonly id: string
  readonly name: string
  readonly code: string
  readonly adminCode: string
  readonly exercise: boolean
  readonly lon: number
  readonly lat: number
}

export interface InsideSum extends Named {
  readonly field: string
  readonly unit: string | null
  readonly total: number
}

export interface InsideTownship extends Named {
  readonly code: string
  readonly count: number
}

export interface InsideGroup extends Named {
  readonly layer: string
  readonly count: number
  readonly exerciseCount: number
  readonly sums: readonly InsideSum[]
  readonly townships: readonly InsideTownship[]
  readonly hits: readonly InsideHit[]
}

/** People known inside, by the layer that knows them. They overlap (a household is in a village): never to be added up. */
export interface InsidePeople extends InsideSum {
  readonly layer: string
}

export interface Inside {
  /** null: a township, whose area its own row tells. */
  readonly areaM2: number | null
  readonly people: readonly InsidePeople[]
  readonly groups: readonly InsideGroup[]
}

interface WireHit {
  id: string | number
  name: string | null
  code: string | null
  admin_code: string | null
  exercise: boolean
  lon: number
  lat: number
}

interface WireGroup {
  layer: string
  zh: string
  en: string
  count: number
  exercise_count: number
  sums: Record<string, { zh: string; en: string; unit: string | null; total: number }>
  by_township: { admin_code: string | null; name: string | null; en: string | null; count: number }[]
  hits: WireHit[]
}

interface WireInside {
  area_m2: number | null
  people: Record<string, { layer: string; field: string; zh: string; en: string; unit: string | null; total: number }>
  groups: WireGroup[]
}

const hitOf = (wire: WireHit): InsideHit => ({
  id: String(wire.id), name: wire.name || wire.code || String(wire.id), code: wire.code ?? '',
  adminCode: wire.admin_code ?? '', exercise: wire.exercise, lon: wire.lon, lat: wire.lat,
})

const groupOf = (wire: WireGroup): InsideGroup => ({
  layer: wire.layer, zh: wire.zh, en: wire.en, count: wire.count, exerciseCount: wire.exercise_count,
  sums: Object.entries(wire.sums).map(([field, sum]) => ({ field, ...sum })),
  townships: wire.by_township.map(({ admin_code, name, en, count }) => (
    { code: admin_code ?? '', zh: name || admin_code || '', en: en || admin_code || '', count }
  )),
  hits: wire.hits.map(hitOf),
})

function bodyOf(area: Area): object {
  if (area.kind === 'township') return { admin_code: area.code }
  if (area.kind === 'circle') return { circle: { lon: area.centre[0], lat: area.centre[1], radius_m: area.radiusM } }
  return { area: { type: 'Polygon', coordinates: [[...area.ring, area.ring[0]]] } }
}

/** What lies, or lay at `asOf`, in the area and in the county. */
export async function inside(area: Area, county: string | null, asOf: string | null, signal: AbortSignal): Promise<Inside> {
  const body = { ...bodyOf(area), ...(county ? { county } : {}), ...(asOf ? { as_of: asOf } : {}) }
  const wire = await writeJson<WireInside>('/api/within', { method: 'POST', body, signal })
  return { areaM2: wire.area_m2, people: Object.values(wire.people), groups: wire.groups.map(groupOf) }
}

interface WireOutline {
  features: { geometry: { type: string; coordinates: LonLat[][] | LonLat[][][] } | null }[]
}

/** The outer edge of a township's largest part, to show what was chosen; empty when it has no outline. */
export async function townshipOutline(code: string, signal: AbortSignal): Promise<readonly LonLat[]> {
  const query = new URLSearchParams({ filter: `code = '${code.replaceAll("'", "''")}'`, limit: '1', properties: 'code' })
  const { features } = await getJson<WireOutline>(`/ogc/collections/townships/items?${query}`, { signal })
  const shape = features[0]?.geometry
  if (!shape) return []
  const parts = shape.type === 'Polygon' ? [shape.coordinates as LonLat[][]] : (shape.coordinates as LonLat[][][])
  const rings = parts.flatMap((part) => part.slice(0, 1))
  return rings.reduce((largest, ring) => (ring.length > largest.length ? ring : largest), rings[0] ?? [])
}

/** Address of a file with these objects of a layer; the cookie lets a link fetch it. */
export function exportAddress(layer: string, ids: readonly string[], format: 'xlsx' | 'csv' | 'geojson', lang: string, asOf: string | null): string {
  const query = new URLSearchParams({ format, ids: ids.join(','), lang, ...(asOf ? { as_of: asOf } : {}) })
  return `/api/layers/${layer}/export?${query}`
}
