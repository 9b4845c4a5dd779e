/** The ground of a county: height and slope at a place, profile of a line, contour tiles. */
import type { LonLat } from '@/map/coordinates'
import type { TileSpot } from '@/map/mercator'
import { get, getJson, writeJson } from './client'

/** null: the elevation model does not know. */
export interface Ground {
  readonly elevationM: number | null
  readonly slopeDeg: number | null
  readonly source: string | null
}

export interface Profile {
  readonly distanceM: readonly number[]
  readonly elevationM: readonly (number | null)[]
  readonly lengthM: number
  readonly upM: number
  readonly downM: number
  readonly minM: number | null
  readonly maxM: number | null
  readonly source: string | null
}

interface WireGround {
  elevation_m: number | null
  slope_deg: number | null
  source: string | null
}

interface WireProfile {
  distance_m: number[]
  elevation_m: (number | null)[]
  length_m: number
  up_m: number
  down_m: number
  min_m: number | null
  max_m: number | null
  source: string | null
}

export async function groundAt(county: string, [lon, lat]: LonLat, lang: string, signal: AbortSignal): Promise<Ground> {
  const wire = await getJson<WireGround>(`/api/terrain/${county}/at?lon=${lon}&lat=${lat}&lang=${lang}`, { signal })
  return { elevationM: wire.elevation_m, slopeDeg: wire.slope_deg, source: wire.source }
}

export async function profileOf(
  county: string, line: readonly LonLat[], samples: number, lang: string, signal: AbortSignal,
): Promise<Profile> {
  const wire = await writeJson<WireProfile>(`/api/terrain/${county}/profile?lang=${lang}`, {
    method: 'POST', body: { line: { type: 'LineString', coordinates: line }, samples }, signal,
  })
  return {
    distanceM: wire.distance_m, elevationM: wire.elevation_m, lengthM: wire.length_m, upM: wire.up_m, downM: wire.down_m,
    minM: wire.min_m, maxM: wire.max_m, source: wire.source,
  }
}

/** Contour lines of a tile; null when there are none. */
export async function contourTile(county: string, { z, x, y }: TileSpot, signal: AbortSignal): Promise<ArrayBuffer | null> {
  const response = await get(`/api/terrain/${county}/contours/${z}/${x}/${y}.mvt`, { signal })
  if (response.status === 204) return null
  const bytes = await response.arrayBuffer()
  return bytes.byteLength > 0 ? bytes : null
}
