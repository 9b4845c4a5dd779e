/** What is drawn on the map for a moment, over everything else: where something was, how far "near" reaches, a found spot. */
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

/** A GeoJSON geometry. */
export interface Shape {
  readonly type: string
  readonly coordinates: unknown
}

export interface Marks {
  /** The place a room is about: what lies outside it is veiled. */
  readonly area: Shape | null
  /** Drawn dashed: an earlier shape of the chosen thing. */
  readonly former: Shape | null
  readonly circle: { readonly lon: number; readonly lat: number; readonly radiusM: number } | null
  readonly spot: { readonly lon: number; readonly lat: number; readonly words: string } | null
}

export const useMarks = defineStore('marks', () => {
  const area = shallowRef<Marks['area']>(null)
  const former = shallowRef<Marks['former']>(null)
  const circle = shallowRef<Marks['circle']>(null)
  const spot = shallowRef<Marks['spot']>(null)
  const all = computed<Marks>(() => ({ area: area.value, former: former.value, circle: circle.value, spot: spot.value }))
  return { area, former, circle, spot, all }
})
