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

/** One layer's tile; null when there is nothing in it. Row before column, as OGC API Tiles has it. */
export async function vectorTile(tile: TileAddress, signal: AbortSignal): Promise<ArrayBuffer | null> {
  const moment = tile.asOf ? `?as_of=${encodeURIComponent(tile.asOf)}` : ''
  const response = await get(`/ogc/collections/${tile.layer}/tiles/WebMercatorQuad/${tile.z}/${tile.y}/${tile.x}${moment}`, { signal })
  if (response.status === 204) return null
  // An error page must never be read as a tile: its first bytes would be taken for protobuf fields.
  if (/html|json|text/.test(response.headers.get('Content-Type') ?? '')) return null
  const bytes = await response.arrayBuffer()
  return bytes.byteLength > 0 ? bytes : null
}

/** Leaflet's template of a county's hillshade. */
export const hillshadeTemplate = (county: string): string => `/api/terrain/${county}/hillshade/{z}/{x}/{y}.png`
