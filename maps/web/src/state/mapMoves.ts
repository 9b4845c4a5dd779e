/** Where another part of the console wants the map to go; the map goes there once. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Bbox } from './model'

export const useMapMoves = defineStore('map-moves', () => {
  const wanted = shallowRef<{ readonly bbox: Bbox; readonly isGentle: boolean } | null>(null)
  function go(bbox: Bbox): void {
    wanted.value = { bbox, isGentle: false }
  }
  /** Only where it cannot be seen as the map is now: out of view, or too small. */
  function bring(bbox: Bbox): void {
    wanted.value = { bbox, isGentle: true }
  }
  return { wanted, go, bring }
})
