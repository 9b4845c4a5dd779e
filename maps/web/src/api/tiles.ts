/** Vector tiles and hillshade: the map's bytes. */
import { get } from './client'

export interface TileAddress {
  readonly layer: string
  readonly z: number
  readonly x: number
  readonly y: number
  /** The layer as it was at this moment; null: now. */
  readonly asOf: string | null
}

interface Bundle {
  readonly stop: AbortController
  readonly layers: Set<string>
  bytes: Promise<ArrayBuffer | null> | null
}

const gathering = new Map<string, Bundle>()

/**
 * One layer's tile, perhaps among others in the same bytes; null when there is nothing in it. What is asked of one spot in the
 * same turn goes as one request: fifteen layers cost one way to the server, not fifteen. Should it fail, each layer is asked
 * by itself, so that one that cannot be read does not take the others along.
 */
export async function vectorTile(tile: TileAddress, signal: AbortSignal): Promise<ArrayBuffer | null> {
  const place = `${tile.z}/${tile.y}/${tile.x}?${tile.asOf ? `as_of=${encodeURIComponent(tile.asOf)}&` : ''}`
  let bundle = gathering.get(place)
  if (!bundle) {
    bundle = { stop: new AbortController(), layers: new Set(), bytes: null }
    gathering.set(place, bundle)
  }
  const { layers, stop } = bundle
  layers.add(tile.layer)
  signal.addEventListener('abort', () => {
    layers.delete(tile.layer)
    if (layers.size === 0) stop.abort()
  })
  await Promise.resolve() // until everything of this turn has been asked
  gathering.delete(place)
  const asked = [...layers].sort()
  if (asked.length < 2) return await read(`/ogc/collections/${tile.layer}/tiles/WebMercatorQuad/${place.slice(0, -1)}`, signal)
  bundle.bytes ??= read(`/ogc/tiles/WebMercatorQuad/${place}collections=${asked.join(',')}`, stop.signal)
  try {
    return await bundle.bytes
  } catch (problem) {
    if (signal.aborted) throw problem
    return await read(`/ogc/collections/${tile.layer}/tiles/WebMercatorQuad/${place.slice(0, -1)}`, signal)
  }
}

/** Row before column, as OGC API Tiles has it. */
async function read(path: string, signal: AbortSignal): Promise<ArrayBuffer | null> {
  const response = await get(path, { signal })
  if (response.status === 204) return null
  // An error page must never be read as a tile: its first bytes would be taken for protobuf fields.
  if (/html|json|text/.test(response.headers.get('Content-Type') ?? '')) return null
  const bytes = await response.arrayBuffer()
  return bytes.byteLength > 0 ? bytes : null
}

/** Leaflet's template of a county's hillshade. */
export const hillshadeTemplate = (county: string): string => `/api/terrain/${county}/hillshade/{z}/{x}/{y}.png`
