/** What the open room adds to the map's address; the frame (panels/MapRoom.vue) writes both together. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { LocationQuery } from 'vue-router'

const KEYS = ['filter', 'sort', 'pane'] as const

export type Extra = Readonly<Partial<Record<(typeof KEYS)[number], string>>>

export const useRoomAddress = defineStore('room-address', () => {
  const extra = shallowRef<Extra>({})

  function follow(query: LocationQuery): void {
    const given = KEYS.flatMap((key) => {
      const value = query[key]
      return typeof value === 'string' && value !== '' ? [[key, value] as const] : []
    })
    extra.value = Object.fromEntries(given)
  }
  return { extra, follow }
})
