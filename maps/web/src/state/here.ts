/** What is here: the place that was asked of, the ground under it, who is nearest by road, who is responsible. */
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { answerTo, type Answer, type Listing } from '@/api/processes'
import type { AnswerDrawing } from '@/map/answer'
import { LIST_COLOURS } from './analysis'
import { useView } from './view'

const PAGE = 'here'
/** Lists of the page `here`: the ways to who is nearest. */
export const NEAREST = 'nearest_'

export const useHere = defineStore('here', () => {
  const view = useView()
  const answer = shallowRef<Answer | null>(null)
  const error = shallowRef<unknown>(null)
  const isReading = shallowRef(false)
  let stop: AbortController | null = null

  async function ask(): Promise<void> {
    stop?.abort()
    answer.value = null
    error.value = null
    isReading.value = false
    const at = view.asked
    if (!at || !view.county) return
    const asked = new AbortController()
    stop = asked
    isReading.value = true
    try {
      const found = await answerTo(PAGE, view.county, { place: { type: 'Point', coordinates: [at.lon, at.lat] } }, asked.signal)
      if (stop === asked) answer.value = found
    } catch (problem) {
      if (stop === asked) error.value = problem
    } finally {
      if (stop === asked) isReading.value = false
    }
  }
  watch(() => view.asked, () => void ask())

  const ways = computed<readonly Listing[]>(() => answer.value?.lists.filter((list) => list.name.startsWith(NEAREST)) ?? [])
  const drawing = computed<AnswerDrawing['lists']>(() => ways.value.map((list, number) => ({
    key: `here/${list.name}`, features: list.features, colour: colourOf(number), isDashed: false,
  })))
  const listNamed = (name: string): Listing | null => answer.value?.lists.find((list) => list.name === name) ?? null

  return { answer, error, isReading, ways, drawing, ask, listNamed }
})

export const colourOf = (number: number): string => LIST_COLOURS[number % LIST_COLOURS.length] ?? LIST_COLOURS[0]
