/** The map's address: `?county=…&layers=a,b&at=zoom/lat/lon&chosen=layer/id&as_of=…&compare=…`. Same address, same screen. */
import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { Ref } from './model'

export interface Position {
  readonly zoom: number
  readonly lat: number
  readonly lon: number
}

export interface Address {
  readonly county: string | null
  /** null: the address does not say; an empty list: no layer at all. */
  readonly layers: readonly string[] | null
  readonly at: Position | null
  readonly chosen: Ref | null
  /** The moment the whole screen shows; null: now. */
  readonly asOf: string | null
  /** The moment shown beside now; null: one map. */
  readonly compare: string | null
}

const single = (value: LocationQuery[string] | undefined): string | null =>
  (Array.isArray(value) ? value[0] : value) ?? null

export function positionOf(text: string | null): Position | null {
  const parts = (text ?? '').split('/').map((part) => (part === '' ? Number.NaN : Number(part)))
  const [zoom, lat, lon] = parts
  if (parts.length !== 3 || zoom === undefined || lat === undefined || lon === undefined) return null
  const isSane = zoom >= 0 && zoom <= 22 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180
  return isSane ? { zoom, lat, lon } : null
}

export function refOf(text: string | null): Ref | null {
  const match = /^([a-z][a-z0-9_]*)\/([^/]+)$/.exec(text ?? '')
  return match?.[1] && match[2] ? { layer: match[1], id: match[2] } : null
}

/** A moment as the server takes it: RFC 3339 with its offset, UTC and whole milliseconds; null if it is none. */
export function momentOf(text: string | null): string | null {
  if (!text || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return null
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}

/** What an address says that cannot be followed, as it was written. */
export interface Unheeded {
  readonly county: string | null
  readonly layers: readonly string[]
  readonly asOf: string | null
  readonly compare: string | null
}

export const ALL_HEEDED: Unheeded = { county: null, layers: [], asOf: null, compare: null }

/** Moments that are none. A plus sign of an offset reaches us as a space where it was not escaped; it counts as plus. */
const moment = (query: LocationQuery, key: string): string | null => single(query[key])?.replace(' ', '+') ?? null
const notMoment = (query: LocationQuery, key: string): string | null =>
  (moment(query, key) && !momentOf(moment(query, key)) ? moment(query, key) : null)

export const unheededMoments = (query: LocationQuery): Pick<Unheeded, 'asOf' | 'compare'> =>
  ({ asOf: notMoment(query, 'as_of'), compare: notMoment(query, 'compare') })

export function addressOf(query: LocationQuery): Address {
  const layers = single(query.layers)
  return {
    county: single(query.county),
    layers: layers === null ? null : layers.split(',').filter((name) => name !== ''),
    at: positionOf(single(query.at)),
    chosen: refOf(single(query.chosen)),
    asOf: momentOf(moment(query, 'as_of')),
    compare: momentOf(moment(query, 'compare')),
  }
}

/** Five decimals of a degree are about a metre: enough to come back to the same view. */
export function positionText(at: Position): string {
  const zoom = Number(at.zoom.toFixed(2))
  return `${zoom}/${at.lat.toFixed(5)}/${at.lon.toFixed(5)}`
}

export function queryOf(address: Address): LocationQueryRaw {
  return {
    ...(address.county ? { county: address.county } : {}),
    ...(address.layers ? { layers: address.layers.join(',') } : {}),
    ...(address.at ? { at: positionText(address.at) } : {}),
    ...(address.chosen ? { chosen: `${address.chosen.layer}/${address.chosen.id}` } : {}),
    ...(address.asOf ? { as_of: address.asOf } : {}),
    ...(address.compare ? { compare: address.compare } : {}),
  }
}
