/** What the open room adds to the map's address; the frame (panels/MapRoom.vue) writes both together. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

export const useRoomAddress = defineStore('room-address', () => {
  const extra = shallowRef<Readonly<Record<string, string>>>({})
  return { extra }
})
