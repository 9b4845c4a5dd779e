/** What a table puts on the map: layers shown only in part, and rows ringed. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { DecodedTile, TileFeature } from '@/map/decode'

const NO_TILES: ReadonlyMap<string, readonly DecodedTile[]> = new Map()

export const useMapRows = defineStore('map-rows', () => {
  /** Drawn in place of a layer's own tiles. */
  const instead = shallowRef(NO_TILES)
  const ringed = shallowRef<readonly TileFeature[]>([])

  function clear(): void {
    instead.value = NO_TILES
    ringed.value = []
  }
  return { instead, ringed, clear }
})
