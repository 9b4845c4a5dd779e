/** What was: versions of one object, changes of all layers, and bringing a version back. */
import type { Change, Changes, Version } from '@/state/past'
import type { Shape } from '@/state/marks'
import type { Ref, Value } from '@/state/model'
import { dateAfter } from '@/state/words'
import { getJson, writeJson } from './client'

interface WireState {
  properties: Record<string, Value>
  geometry: Shape | null
}

interface WireVersion {
  version: number
  at: string
  by: string
  operation: 'insert' | 'update' | 'delete'
  before: WireState | null
  after: WireState | null
  changed: string[]
}

const itemPath = (ref: Ref): string => `/ogc/collections/${ref.layer}/items/${encodeURIComponent(ref.id)}`

/** Every version, newest first. */
export async function versions(ref: Ref, signal: AbortSignal): Promise<Version[]> {
  const wire = await getJson<{ versions: WireVersion[] }>(`${itemPath(ref)}/versions`, { signal })
  return wire.versions.map((one) => ({
    version: one.version, at: dateAfter(one.at), by: one.by, operation: one.operation, before: one.before, after: one.after,
    changed: one.changed,
  }))
}

/** Make `version` the newest again, if `newest` still is the newest; answers the version made. */
export async function restore(ref: Ref, version: number, newest: number): Promise<number> {
  const made = await writeJson<{ version: number }>(`${itemPath(ref)}/versions/${version}/restore`, { method: 'POST', version: newest })
  return made.version
}

interface WireChange {
  at: string
  layer: string
  zh: string
  en: string
  /** None where many rows were loaded at once; `rows` says how many. */
  id: string | number | null
  version: number | null
  operation: 'insert' | 'update' | 'delete'
  by: string
  name: string | null
  rows: number
}

export interface Asked {
  readonly county: string | null
  readonly since: Date | null
  readonly until: Date | null
  readonly limit: number
}

export async function changes({ county, since, until, limit }: Asked, signal: AbortSignal): Promise<Changes> {
  const asked = new URLSearchParams({ limit: String(limit) })
  if (county) asked.set('county', county)
  if (since) asked.set('since', since.toISOString())
  if (until) asked.set('until', until.toISOString())
  const wire = await getJson<{ moments: WireChange[]; buckets: { from: string; to: string; count: number }[] }>(
    `/api/changes?${asked}`, { signal },
  )
  return {
    changes: wire.moments.map((one): Change => ({
      ...one, id: one.id === null ? null : String(one.id), version: one.version ?? 0, at: dateAfter(one.at), name: one.name ?? '',
    })),
    buckets: wire.buckets.map((one) => ({ from: new Date(one.from), to: new Date(one.to), count: one.count })),
  }
}
