/** Standing analyses: run again by themselves when their data change; what became worse is an alarm. */
import { getJson, newKey, write, writeJson } from './client'
import type { components } from './schema'

export type StandingAnalysis = components['schemas']['StandingAnalysis']
export type FoundRow = components['schemas']['FoundRow']
export type StandingEvent = components['schemas']['StandingEvent']

const path = (id: string): string => `/api/standing/${encodeURIComponent(id)}`

export const standing = (county: string, signal?: AbortSignal): Promise<readonly StandingAnalysis[]> =>
  getJson(`/api/standing?county=${encodeURIComponent(county)}`, signal ? { signal } : {})

export const begin = (job: string, name: string): Promise<StandingAnalysis> =>
  writeJson('/api/standing', { method: 'POST', body: { job, name }, key: newKey() })

/** `seen`: ids of the objects that were on the screen; what came after stays an alarm. */
export const accept = (id: string, seen: readonly string[]): Promise<StandingAnalysis> =>
  writeJson(`${path(id)}/accept`, { method: 'POST', body: { seen }, key: newKey() })

export async function end(id: string): Promise<void> {
  await write(path(id), { method: 'DELETE' })
}
