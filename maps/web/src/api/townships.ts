/** Townships as rows: code, name, outline. Without the fields whose reading is logged. */
import type { Bbox, Named } from '@/state/model'
import type { Shape } from '@/state/marks'
import { getJson } from './client'
import { boundsOf } from './features'
import type { components } from './schema'

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

export interface TownshipName extends Named {
  readonly code: string
}

/** Codes and names of the townships of a county; null: of all. */
export const townshipNames = (county: string | null, signal?: AbortSignal): Promise<TownshipName[]> =>
  getJson<components['schemas']['TownshipName'][]>(`/api/townships?${new URLSearchParams(county ? { county } : {})}`, signal ? { signal } : {})

export async function townshipsOf(signal?: AbortSignal): Promise<Township[]> {
  const query = new URLSearchParams({ limit: String(MOST), properties: 'code,name,source', sortby: 'code' })
  const [wire, names] = await Promise.all([
    getJson<WireTownships>(`/ogc/collections/townships/items?${query}`, signal ? { signal } : {}), townshipNames(null, signal),
  ])
  const english = new Map(names.map(({ code, en }) => [code, en]))
  return wire.features.map(({ id, properties, geometry }) => ({
    id: String(id), code: properties.code, name: properties.name, zh: properties.name, en: english.get(properties.code) ?? properties.name,
    bbox: boundsOf(geometry?.coordinates), shape: geometry, exercise: properties.source === 'exercise',
  }))
}
