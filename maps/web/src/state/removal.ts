/** Deleting with a reason, and bringing back. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import * as api from '@/api/editing'
import { Problem, Unreachable, newKey } from '@/api/client'
import { useCatalogue } from './catalogue'
import { useEditing } from './editing'
import type { Ref } from './model'
import { useView } from './view'

export interface Removed {
  readonly ref: Ref
  readonly name: string
  /** The version undo brings back. */
  readonly version: number
}

export const useRemoval = defineStore('removal', () => {
  const editing = useEditing()
  const catalogue = useCatalogue()
  const view = useView()

  /** What is about to be deleted, once its reason is given. */
  const asked = shallowRef<Removed | null>(null)
  const last = shallowRef<Removed | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const isUnreachable = ref(false)
  const isBusy = ref(false)

  async function doing(act: () => Promise<void>): Promise<void> {
    isBusy.value = true
    problem.value = null
    isUnreachable.value = false
    try {
      await act()
      editing.written++
      await catalogue.read()
    } catch (error) {
      if (error instanceof Problem) problem.value = error
      else if (error instanceof Unreachable) isUnreachable.value = true
      else throw error
    } finally {
      isBusy.value = false
    }
  }

  /** The reason becomes the last line of the note, so that history shows it beside the deletion. */
  const confirm = (reason: string): Promise<void> => doing(async () => {
    const one = asked.value
    if (!one) return
    const stands = await api.stored(one.ref)
    const note = [String(stands.properties.note ?? ''), reason].filter((line) => line !== '').join('\n')
    const noted = await api.patch(one.ref, one.version, { properties: { note } }, newKey())
    await api.remove(one.ref, noted.version, newKey())
    asked.value = null
    last.value = one
    editing.notice = null
    view.choose(null)
  })

  const undo = (): Promise<void> => doing(async () => {
    const one = last.value
    if (!one) return
    await api.restore(one.ref, one.version, newKey())
    last.value = null
    view.choose(one.ref)
  })

  return { asked, last, problem, isUnreachable, isBusy, confirm, undo }
})
