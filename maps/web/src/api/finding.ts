/** Search over all layers, and what lies near a place. */
import type { Found, Hit, HitGroup, Matched } from '@/state/find'
import { getJson } from './client'

interface WireHit {
  layer: string
  id: string | number
  code?: string | null
  name?: string | null
  township?: string | null
  township_en?: string | null
  status?: string | null
  lon: number
  lat: number
  matched?: Matched | null
  distance_m?: number | null
  bearing_deg?: number | null
  exercise?: boolean
}

interface WireGroup {
  layer: string
  zh: string
  en: string
  total: number
  hits: WireHit[]
}

interface WireFound {
  query: string
  places: { lon: number; lat: number; system: string; zh: string; en: string }[]
  groups: WireGroup[]
  more?: boolean
}

const hitOf = (layer: string, wire: WireHit): Hit => ({
  layer: wire.layer ?? layer,
  id: String(wire.id),
  code: wire.code ?? '',
  name: wire.name || wire.code || String(wire.id),
  township: wire.township ? { zh: wire.township, en: wire.township_en ?? wire.township } : null,
  status: wire.status ?? '',
  lon: wire.lon,
  lat: wire.lat,
  matched: wire.matched ?? null,
  distanceM: wire.distance_m ?? null,
  bearingDeg: wire.bearing_deg ?? null,
  exercise: wire.exercise ?? false,
})

const groupOf = ({ layer, zh, en, total, hits }: WireGroup): HitGroup =>
  ({ layer, zh, en, total, hits: hits.map((hit) => hitOf(layer, hit)) })

export interface Question {
  readonly text: string
  readonly county: string | null
  /** Longitude, latitude distances are measured from. */
  readonly from: readonly [number, number] | null
  /** Hits listed of each layer. */
  readonly limit: number
  /** The moment to answer of; null: now. */
  readonly asOf: string | null
}

export async function search({ text, county, from, limit, asOf }: Question, signal: AbortSignal): Promise<Found> {
  const asked = new URLSearchParams({ q: text, limit: String(limit) })
  if (county) asked.set('county', county)
  if (asOf) asked.set('as_of', asOf)
  if (from) asked.set('at', `${from[0].toFixed(6)},${from[1].toFixed(6)}`)
  const wire = await getJson<WireFound>(`/api/search?${asked}`, { signal })
  return { query: wire.query, spots: wire.places, groups: wire.groups.map(groupOf), isMore: wire.more ?? false }
}

export interface Around {
  readonly lon: number
  readonly lat: number
  readonly radiusM: number
}

/** What lies around, or lay at `asOf`, in the county. */
export async function near(
  { lon, lat, radiusM }: Around, county: string | null, asOf: string | null, signal: AbortSignal,
): Promise<HitGroup[]> {
  const asked = new URLSearchParams({ lon: lon.toFixed(6), lat: lat.toFixed(6), radius_m: String(radiusM) })
  if (county) asked.set('county', county)
  if (asOf) asked.set('as_of', asOf)
  const wire = await getJson<{ groups: WireGroup[] }>(`/api/near?${asked}`, { signal })
  return wire.groups.map(groupOf)
}
