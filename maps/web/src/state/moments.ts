/** The timeline: changes over all layers in a span of time, and how many objects there were at the chosen moment. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { layers as readLayers } from '@/api/catalogue'
import { changes as readChanges } from '@/api/past'
import { useCatalogue } from './catalogue'
import type { Bucket, Change } from './past'
import { useView } from './view'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
export const SPANS = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS, all: null } as const
export type Span = keyof typeof SPANS
/** Changes listed by name; a loaded county pack has thousands at one moment, told by the bars. */
const MOST_CHANGES = 300
/** Nothing changed yet: the line is not shorter than this. */
const SHORTEST_MS = HOUR_MS

/** Moments one can step to: each change that is listed, and the ends of older bars that hold some. */
export function stopsOf(changes: readonly Change[], buckets: readonly Bucket[]): number[] {
  const times = changes.map((change) => change.at.getTime())
  const oldest = Math.min(...times, Infinity)
  const bars = buckets.filter((bucket) => bucket.count > 0 && bucket.to.getTime() < oldest).map((bucket) => bucket.to.getTime())
  return [...new Set([...times, ...bars])].sort((a, b) => a - b)
}

export const useMoments = defineStore('moments', () => {
  const catalogue = useCatalogue()
  const view = useView()
  const isOpen = ref(false)
  const span = ref<Span>('day')
  const changes = shallowRef<readonly Change[]>([])
  const buckets = shallowRef<readonly Bucket[]>([])
  const from = ref(0)
  const to = ref(0)
  const state = ref<'idle' | 'reading' | 'here' | 'failed'>('idle')
  const error = shallowRef<unknown>(null)
  const hasCountsFailed = ref(false)
  let stopReading: AbortController | null = null
  let stopCounting: AbortController | null = null

  const stops = computed(() => stopsOf(changes.value, buckets.value))

  async function read(now: Date): Promise<void> {
    stopReading?.abort()
    stopReading = new AbortController()
    const { signal } = stopReading
    const length = SPANS[span.value]
    if (state.value !== 'here') state.value = 'reading'
    try {
      const since = length === null ? null : new Date(now.getTime() - length)
      const told = await readChanges({ county: view.county, since, until: null, limit: MOST_CHANGES }, signal)
      if (signal.aborted) return
      changes.value = told.changes
      buckets.value = told.buckets
      const oldest = Math.min(...told.buckets.map((one) => one.from.getTime()), ...told.changes.map((one) => one.at.getTime()))
      // This computer's clock may be wrong: the line reaches to the newest change in any case.
      to.value = Math.max(now.getTime(), ...told.buckets.map((one) => one.to.getTime()), ...told.changes.map((one) => one.at.getTime()))
      from.value = Math.min(since?.getTime() ?? oldest, to.value - SHORTEST_MS)
      state.value = 'here'
    } catch (problem) {
      if (signal.aborted) return
      error.value = problem
      state.value = 'failed'
    }
  }

  /** Give the catalogue the numbers of the chosen moment, or those of now back. */
  async function count(): Promise<void> {
    stopCounting?.abort()
    hasCountsFailed.value = false
    const moment = view.asOf
    if (moment === null) {
      catalogue.layersThen = null
      return
    }
    stopCounting = new AbortController()
    const { signal } = stopCounting
    try {
      const then = await readLayers(view.county, moment, signal)
      if (!signal.aborted) catalogue.layersThen = new Map(then.map((layer) => [layer.name, layer]))
    } catch {
      if (signal.aborted) return
      catalogue.layersThen = null
      hasCountsFailed.value = true
    }
  }

  return { isOpen, span, changes, buckets, from, to, state, error, stops, hasCountsFailed, read, count }
})
