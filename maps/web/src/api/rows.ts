/** Rows of a layer for the data room: pages, everything that matches, summaries, files, bulk changes. */
import type { Bbox, Named, Value } from '@/state/model'
import { boundsOf } from './features'
import { get, getJson, writeJson } from './client'
import type { components } from './schema'

/** GeoJSON coordinates, however deep. */
export interface Shape {
  readonly type: string
  readonly coordinates: unknown
}

export interface DataRow {
  readonly id: string
  readonly properties: Readonly<Record<string, Value>>
  readonly shape: Shape | null
  readonly bbox: Bbox | null
}

export interface Asked {
  readonly layer: string
  /** CQL2 text; null: everything. */
  readonly filter: string | null
  /** The moment to read at; null: now. */
  readonly asOf: string | null
  /** Only rows under this code; null: everywhere. */
  readonly county?: string | null
}

export interface Page {
  readonly rows: readonly DataRow[]
  readonly matched: number
}

export interface SummaryRow extends Named {
  readonly value: string | null
  readonly count: number
  readonly exerciseCount: number
}

interface WirePage {
  readonly features: readonly { id: string | number; properties: Record<string, Value>; geometry: Shape | null }[]
  readonly numberMatched: number
}

const signalled = (signal: AbortSignal | undefined): RequestInit => (signal ? { signal } : {})

/** The filter of a person, within the county of the screen. */
function filterOf({ filter, county }: Asked): string | null {
  if (!county) return filter
  const within = `admin_code LIKE '${county}%'`
  return filter ? `(${filter}) AND ${within}` : within
}

function parameters(asked: Asked, more: Readonly<Record<string, string>>): URLSearchParams {
  const filter = filterOf(asked)
  return new URLSearchParams({ ...(filter ? { filter } : {}), ...(asked.asOf ? { as_of: asked.asOf } : {}), ...more })
}

export interface Window {
  readonly sortby: string | null
  readonly offset: number
  readonly limit: number
  readonly properties: readonly string[]
}

export async function page(asked: Asked, window: Window, signal?: AbortSignal): Promise<Page> {
  const query = parameters(asked, {
    ...(window.sortby ? { sortby: window.sortby } : {}),
    ...(window.properties.length > 0 ? { properties: window.properties.join(',') } : {}),
    offset: String(window.offset),
    limit: String(window.limit),
  })
  const wire = await getJson<WirePage>(`/ogc/collections/${asked.layer}/items?${query}`, signalled(signal))
  const rows = wire.features.map(({ id, properties, geometry }): DataRow => (
    { id: String(id), properties, shape: geometry, bbox: boundsOf(geometry?.coordinates) }
  ))
  return { rows, matched: wire.numberMatched }
}

interface WireSummary {
  readonly rows: readonly (Named & { value: string | number | boolean | null; count: number; exercise_count: number })[]
}

export async function summary(asked: Asked, by: string, signal?: AbortSignal): Promise<SummaryRow[]> {
  const path = `/api/layers/${asked.layer}/summary?${parameters(asked, { by })}`
  const wire = await getJson<WireSummary>(path, signalled(signal))
  return wire.rows.map(({ value, zh, en, count, exercise_count }) => (
    { value: value === null ? null : String(value), zh, en, count, exerciseCount: exercise_count }
  ))
}

export type FileFormat = 'xlsx' | 'csv' | 'geojson'

export interface Ordered extends Asked {
  readonly format: FileFormat
  readonly columns: readonly string[]
  /** Only these; null: all that match the filter. */
  readonly ids: readonly string[] | null
  readonly lang: 'zh' | 'en'
}

export interface FileOf {
  readonly name: string
  readonly content: Blob
}

/** The file the server makes. Its name comes from the server. */
export async function file(ordered: Ordered): Promise<FileOf> {
  const { ids } = ordered
  const query = parameters(ids ? { ...ordered, filter: null, county: null } : ordered, {
    format: ordered.format, lang: ordered.lang, columns: ordered.columns.join(','), ...(ids ? { ids: ids.join(',') } : {}),
  })
  const response = await get(`/api/layers/${ordered.layer}/export?${query}`)
  const said = response.headers.get('Content-Disposition') ?? ''
  const starred = /filename\*=UTF-8''([^;]+)/i.exec(said)?.[1]
  const plain = /filename="?([^";]+)"?/i.exec(said)?.[1]
  return {
    name: starred ? decodeURIComponent(starred) : (plain ?? `${ordered.layer}.${ordered.format}`),
    content: await response.blob(),
  }
}

export interface BulkRow {
  readonly id: string
  readonly name: string
  readonly before: Value
  readonly after: Value
  /** The version the change made. */
  readonly version: number
}

export interface BulkAnswer {
  readonly changed: number
  readonly unchanged: number
  readonly refused: readonly (Named & { readonly id: string; readonly name: string })[]
  readonly rows: readonly BulkRow[]
}

export interface BulkChange {
  readonly layer: string
  readonly ids: readonly string[]
  readonly field: string
  readonly value: Value
}

type WireBulk = components['schemas']['BulkOutcome']

const bulkOf = (wire: WireBulk): BulkAnswer => ({
  ...wire,
  refused: wire.refused.map((one) => ({ ...one, id: String(one.id), name: one.name ?? String(one.id) })),
  rows: wire.rows.map((one) => ({ ...one, id: String(one.id), before: one.before as Value, after: one.after as Value })),
})

/** Try (`isTrial`) or make one change of many rows; `key` makes sending it twice harmless. */
export async function bulk(change: BulkChange, isTrial: boolean, key?: string): Promise<BulkAnswer> {
  const { layer, ids, field, value } = change
  return bulkOf(await writeJson<WireBulk>(`/api/layers/${layer}/bulk`, {
    method: 'POST', body: { ids: ids.map(Number), field, value, dry_run: isTrial }, ...(key ? { key } : {}),
  }))
}

/** Give every row of a change the value it had before: all or none; who changed a row since stands against it. */
export async function undoBulk(layer: string, field: string, rows: readonly BulkRow[], key: string): Promise<BulkAnswer> {
  const made = rows.map(({ id, version }) => ({ id: Number(id), version }))
  return bulkOf(await writeJson<WireBulk>(`/api/layers/${layer}/bulk/undo`, { method: 'POST', body: { field, rows: made }, key }))
}
