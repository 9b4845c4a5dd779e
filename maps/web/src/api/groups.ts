/** Groups of layers that people have saved: what is on, in which order, how opaque. */
import type { LayerSetting } from '@/state/mapLook'
import { getJson, write, writeJson } from './client'

export interface SavedGroup {
  readonly id: string
  readonly name: string
  readonly shared: boolean
  readonly owner: string
  readonly mine: boolean
  readonly setting: LayerSetting
}

interface WireView {
  id: string | number
  name: string
  kind: string
  state: Partial<LayerSetting>
  shared: boolean
  owner: string
  mine: boolean
}

const groupOf = (wire: WireView): SavedGroup => ({
  id: String(wire.id), name: wire.name, shared: wire.shared, owner: wire.owner, mine: wire.mine,
  setting: { layers: wire.state.layers ?? [], order: wire.state.order ?? [], opacity: wire.state.opacity ?? {} },
})

export async function groups(): Promise<SavedGroup[]> {
  const views = await getJson<WireView[]>('/api/views')
  return views.filter((view) => view.kind === 'group').map(groupOf)
}

export async function saveGroup(name: string, shared: boolean, setting: LayerSetting): Promise<SavedGroup> {
  return groupOf(await writeJson<WireView>('/api/views', {
    method: 'POST', body: { name, kind: 'group', shared, state: setting },
  }))
}

export async function deleteGroup(id: string): Promise<void> {
  await write(`/api/views/${id}`, { method: 'DELETE' })
}
