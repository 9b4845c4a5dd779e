/** Where another part of the console wants the map to go; the map goes there once. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Bbox } from './model'

export const useMapMoves = defineStore('map-moves', () => {
  const wanted = shallowRef<{ readonly bbox: Bbox } | null>(null)
  function go(bbox: Bbox): void {
    wanted.value = { bbox }
  }
  return { wanted, go }
})
