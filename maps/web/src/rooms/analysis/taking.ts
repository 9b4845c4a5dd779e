/** Taking a place or a shape from the map for a field of a form. One field at a time holds the hand. */
import { onBeforeUnmount, ref, watch } from 'vue'
import type { Geometry } from 'geojson'
import { useTools, type Pick } from '@/state/tools'

const DECIMALS = 1e7
const rounded = (value: number): number => Math.round(value * DECIMALS) / DECIMALS

/** `take('place')` arms the map; `taken` is called with a Point or a Polygon, or not at all when it is left. */
export function useTaking(taken: (shape: Geometry) => void): { take: (pick: Pick) => void; isTaking: Readonly<{ value: Pick | null }> } {
  const tools = useTools()
  const isTaking = ref<Pick | null>(null)

  function take(pick: Pick): void {
    isTaking.value = null
    tools.take(pick)
    isTaking.value = pick
  }
  watch(() => [tools.tool, tools.isDrawing] as const, ([tool, isDrawing]) => {
    const pick = isTaking.value
    if (pick === null) return
    if (tool !== pick) {
      isTaking.value = null
      return
    }
    if (isDrawing) return
    isTaking.value = null
    const places = tools.points.map(([lon, lat]) => [rounded(lon), rounded(lat)])
    tools.take(null)
    const [first] = places
    if (!first) return
    taken(pick === 'place' ? { type: 'Point', coordinates: first } : { type: 'Polygon', coordinates: [[...places, first]] })
  })
  onBeforeUnmount(() => {
    if (isTaking.value !== null) tools.take(null)
  })
  return { take, isTaking }
}
