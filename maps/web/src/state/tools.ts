/** The one tool in hand, what has been drawn with it, and what it says. Knows places, not pixels. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { circleRing, distanceM } from '@/map/geodesy'
import type { LonLat } from '@/map/coordinates'

export const TOOLS = ['length', 'area', 'profile', 'box', 'circle', 'polygon', 'township'] as const
/** Not on the bar: another part of the console asks for a place or a shape and takes it from here. */
export const PICKS = ['place', 'shape'] as const
export type Pick = (typeof PICKS)[number]
export type Tool = (typeof TOOLS)[number] | Pick
/** How a tool takes places: one after the other, two at once, one that lies in something, one anywhere. */
export type Gesture = 'line' | 'ring' | 'pair' | 'spot' | 'pin'

export const GESTURES: Readonly<Record<Tool, Gesture>> = {
  length: 'line', area: 'ring', profile: 'line', box: 'pair', circle: 'pair', polygon: 'ring', township: 'spot',
  place: 'pin', shape: 'ring',
}
const FEWEST: Readonly<Record<Gesture, number>> = { line: 2, ring: 3, pair: 2, spot: 1, pin: 1 }
export const SELECTS: readonly Tool[] = ['box', 'circle', 'polygon', 'township']
export const FIRST_RADIUS_M = 1000
export const MOST_RADIUS_M = 100_000

export function boxRing([west, south]: LonLat, [east, north]: LonLat): LonLat[] {
  return [[west, south], [east, south], [east, north], [west, north]]
}

export const useTools = defineStore('tools', () => {
  const tool = ref<Tool | null>(null)
  /** Clicks on the map draw; when done they choose objects again and the drawing stays. */
  const isDrawing = ref(false)
  const points = shallowRef<readonly LonLat[]>([])
  /** Where the pointer is while drawing: the far end of a leg not yet set. */
  const cursor = shallowRef<LonLat | null>(null)
  const radiusM = ref(FIRST_RADIUS_M)
  /** The edge of the township chosen. */
  const outline = shallowRef<readonly LonLat[]>([])
  /** A place pointed at in a diagram. */
  const mark = shallowRef<LonLat | null>(null)

  const gesture = computed(() => (tool.value ? GESTURES[tool.value] : null))
  const isEnough = computed(() => gesture.value !== null && points.value.length >= FEWEST[gesture.value])
  /** A circle needs only its middle: the radius may be typed. */
  const canFinish = computed(() => isDrawing.value && (isEnough.value || (tool.value === 'circle' && points.value.length > 0)))
  /** Set points, and the pointer's while drawing. */
  const path = computed<readonly LonLat[]>(() => {
    const [last, far] = [points.value.at(-1), cursor.value]
    // A finger leaves the pointer where it tapped: that is no leg.
    const isApart = last && far && (last[0] !== far[0] || last[1] !== far[1])
    return isDrawing.value && isApart ? [...points.value, far] : points.value
  })
  /** The area drawn so far, closed by itself; empty where the tool draws none. */
  const ring = computed<readonly LonLat[]>(() => {
    const [first, second] = path.value
    if (tool.value === 'box') return first && second ? boxRing(first, second) : []
    if (tool.value === 'circle') return first ? circleRing(first, radiusM.value) : []
    if (gesture.value === 'spot') return outline.value
    return gesture.value === 'ring' ? path.value : []
  })

  function clear(): void {
    points.value = []
    cursor.value = null
    mark.value = null
    outline.value = []
    isDrawing.value = tool.value !== null
  }
  function take(next: Tool | null): void {
    tool.value = next
    clear()
  }
  function add(place: LonLat): void {
    if (!isDrawing.value) return
    points.value = [...points.value, place]
    if (tool.value === 'circle') {
      // The first place is the middle; a second one gives the radius.
      const [middle, rim] = points.value
      if (middle && rim) radiusM.value = roundRadius(distanceM(middle, rim))
    }
    if (gesture.value !== 'line' && gesture.value !== 'ring' && isEnough.value) finish()
  }
  function move(place: LonLat | null): void {
    if (!isDrawing.value) return
    cursor.value = place
    const middle = points.value[0]
    if (tool.value === 'circle' && middle && place) radiusM.value = roundRadius(distanceM(middle, place))
  }
  function undo(): void {
    if (points.value.length === 0) return
    points.value = points.value.slice(0, -1)
    isDrawing.value = true
  }
  function finish(): void {
    if (!canFinish.value) return
    isDrawing.value = false
    cursor.value = null
  }
  /** A radius typed: a circle whose middle is set is finished with it. */
  function setRadius(metres: number): void {
    if (!(metres > 0)) return
    radiusM.value = Math.min(MOST_RADIUS_M, metres)
    const middle = points.value[0]
    if (tool.value === 'circle' && middle) {
      points.value = [middle]
      isDrawing.value = false
      cursor.value = null
    }
  }

  return {
    tool, isDrawing, points, cursor, radiusM, outline, mark, gesture, isEnough, canFinish, path, ring,
    take, clear, add, move, undo, finish, setRadius,
  }
})

/** Whole metres, tens above a kilometre: a hand on a map is no finer. */
export const roundRadius = (metres: number): number =>
  Math.min(MOST_RADIUS_M, Math.max(1, metres > 1000 ? Math.round(metres / 10) * 10 : Math.round(metres)))
