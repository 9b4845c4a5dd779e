/** Townships as rows: code, name, outline's box. */
import type { Bbox, Named } from '@/state/model'
import type { Shape } from '@/state/marks'
import { getJson } from './client'
import { boundsOf } from './features'

export interface Township extends Named {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly bbox: Bbox | null
  readonly exercise: boolean
}

interface WireTownships {
  readonly features: readonly {
    id: string | number
    properties: { code: string; name: string; source: string }
    geometry: { coordinates: unknown } | null
  }[]
}

const MOST = 2000

export async function townshipsOf(signal?: AbortSignal): Promise<Township[]> {
  const query = new URLSearchParams({ limit: String(MOST), properties: 'code,name,source', sortby: 'code' })
  const wire = await getJson<WireTownships>(`/ogc/collections/townships/items?${query}`, signal ? { signal } : {})
  return wire.features.map(({ id, properties, geometry }) => ({
    id: String(id), code: properties.code, name: properties.name, zh: properties.name, en: properties.name,
    bbox: boundsOf(geometry?.coordinates), exercise: properties.source === 'exercise',
  }))
}

/** The outline, in full. */
export async function townshipShape(id: string, signal: AbortSignal): Promise<Shape | null> {
  const wire = await getJson<{ geometry: Shape | null }>(`/ogc/collections/townships/items/${encodeURIComponent(id)}?properties=code`, { signal })
  return wire.geometry
}
