/** Saved views: addresses of the map under a name, one's own and those shared by others. */
import type { SavedView } from '@/state/saved'
import { getJson, write, writeJson } from './client'

interface WireView {
  id: number
  name: string
  kind: 'view' | 'group'
  state: { query?: Record<string, unknown> }
  shared: boolean
  owner: string
  updated_at: string
  mine: boolean
}

const viewOf = (wire: WireView): SavedView => ({
  id: wire.id,
  name: wire.name,
  query: Object.fromEntries(Object.entries(wire.state.query ?? {}).filter((pair): pair is [string, string] => typeof pair[1] === 'string')),
  shared: wire.shared,
  owner: wire.owner,
  updatedAt: new Date(wire.updated_at),
  mine: wire.mine,
})

const bodyOf = ({ name, query, shared }: Pick<SavedView, 'name' | 'query' | 'shared'>): unknown =>
  ({ name, kind: 'view', state: { query }, shared })

export async function views(): Promise<SavedView[]> {
  const wire = await getJson<WireView[]>('/api/views')
  return wire.filter((one) => one.kind === 'view').map(viewOf)
}

export async function addView(view: Pick<SavedView, 'name' | 'query' | 'shared'>): Promise<SavedView> {
  return viewOf(await writeJson<WireView>('/api/views', { method: 'POST', body: bodyOf(view) }))
}

export async function replaceView(view: SavedView): Promise<SavedView> {
  return viewOf(await writeJson<WireView>(`/api/views/${view.id}`, { method: 'PUT', body: bodyOf(view) }))
}

export async function removeView(id: number): Promise<void> {
  await write(`/api/views/${id}`, { method: 'DELETE' })
}
