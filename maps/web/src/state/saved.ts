/** Saved views as the console keeps them while it runs. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import * as api from '@/api/views'

export interface SavedView {
  readonly id: number
  readonly name: string
  /** The map's address, as in state/address.ts. */
  readonly query: Readonly<Record<string, string>>
  readonly shared: boolean
  readonly owner: string
  readonly updatedAt: Date
  readonly mine: boolean
}

export const useSaved = defineStore('saved', () => {
  const isOpen = ref(false)
  const list = shallowRef<readonly SavedView[]>([])
  const state = ref<'idle' | 'reading' | 'here' | 'failed'>('idle')
  const error = shallowRef<unknown>(null)
  /** The last one deleted, until it is undone or another thing is done. */
  const removed = shallowRef<SavedView | null>(null)

  async function read(): Promise<void> {
    if (state.value !== 'here') state.value = 'reading'
    try {
      list.value = await api.views()
      state.value = 'here'
    } catch (problem) {
      error.value = problem
      state.value = 'failed'
    }
  }

  async function add(name: string, query: Readonly<Record<string, string>>, shared: boolean): Promise<void> {
    const made = await api.addView({ name, query, shared })
    removed.value = null
    list.value = [made, ...list.value]
  }

  async function change(view: SavedView): Promise<void> {
    const made = await api.replaceView(view)
    list.value = list.value.map((one) => (one.id === made.id ? made : one))
  }

  async function remove(view: SavedView): Promise<void> {
    await api.removeView(view.id)
    removed.value = view
    list.value = list.value.filter((one) => one.id !== view.id)
  }

  /** Save what was deleted again; it gets a new number. */
  async function undo(): Promise<void> {
    const view = removed.value
    if (view) await add(view.name, view.query, view.shared)
  }

  return { isOpen, list, state, error, removed, read, add, change, remove, undo }
})
