/** Townships as rows: code, name, outline. Without the fields whose reading is logged. */
import type { Bbox, Named } from '@/state/model'
import type { Shape } from '@/state/marks'
import { getJson } from './client'
import { boundsOf } from './features'

export interface Township extends Named {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly bbox: Bbox | null
  readonly shape: Shape | null
  readonly exercise: boolean
}

interface WireTownships {
  readonly features: readonly {
    id: string | number
    properties: { code: string; name: string; source: string }
    geometry: Shape | null
  }[]
}

const MOST = 2000

export async function townshipsOf(signal?: AbortSignal): Promise<Township[]> {
  const query = new URLSearchParams({ limit: String(MOST), properties: 'code,name,source', sortby: 'code' })
  const wire = await getJson<WireTownships>(`/ogc/collections/townships/items?${query}`, signal ? { signal } : {})
  return wire.features.map(({ id, properties, geometry }) => ({
    id: String(id), code: properties.code, name: properties.name, zh: properties.name, en: properties.name,
    bbox: boundsOf(geometry?.coordinates), shape: geometry, exercise: properties.source === 'exercise',
  }))
}
