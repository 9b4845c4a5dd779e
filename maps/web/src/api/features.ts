/** One feature, whole: what the inspector shows. */
import type { Bbox, Feature, Ref, Value } from '@/state/model'
import { getJson } from './client'

interface WireFeature {
  id: string | number
  properties: Record<string, Value>
  geometry: { type: string; coordinates: unknown } | null
}

/** Every [lon, lat] of nested GeoJSON coordinates. */
function* positions(nested: unknown): Generator<readonly [number, number]> {
  if (!Array.isArray(nested)) return
  const [x, y] = nested as unknown[]
  if (typeof x === 'number' && typeof y === 'number') yield [x, y]
  else for (const part of nested) yield* positions(part)
}

export function boundsOf(nested: unknown): Bbox | null {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [lon, lat] of positions(nested)) {
    west = Math.min(west, lon)
    south = Math.min(south, lat)
    east = Math.max(east, lon)
    north = Math.max(north, lat)
  }
  return west <= east ? [west, south, east, north] : null
}

/** The feature now, or as it was at the moment `asOf`. */
export async function feature(ref: Ref, signal?: AbortSignal, asOf: string | null = null): Promise<Feature> {
  const moment = asOf ? `?as_of=${encodeURIComponent(asOf)}` : ''
  const path = `/ogc/collections/${ref.layer}/items/${encodeURIComponent(ref.id)}${moment}`
  const wire = await getJson<WireFeature>(path, signal ? { signal } : {})
  const bbox = boundsOf(wire.geometry?.coordinates) ?? [0, 0, 0, 0]
  return {
    layer: ref.layer,
    id: String(wire.id),
    properties: wire.properties,
    anchor: [(bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2],
    bbox,
    point: wire.geometry?.type === 'Point',
  }
}
