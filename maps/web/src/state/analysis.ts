/** The analysis at hand: which, with what, how far it is, what came out; a second answer to compare with. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { newKey } from '@/api/client'
import {
  answerOf, dismiss, job as readJob, jobs as readJobs, keep as keepJob, order, process as readProcess, processes as readProcesses,
  type Answer, type Inputs, type Job, type Listing, type ProcessDescription, type ProcessSummary,
} from '@/api/processes'
import type { AnswerDrawing, DrawnList } from '@/map/answer'
import { shapesIn } from './asked'

const FIRST_LOOK_MS = 150
const NEXT_LOOK_MS = 500

/** Neither danger's colours nor the exercise's violet; told apart in both themes. */
export const LIST_COLOURS = ['#1f7a86', '#8a5a1c', '#4d6b2f', '#8d4a6b', '#4a5a68'] as const
const COMPARED_COLOURS = ['#5a6a8f', '#a0713a', '#6d7f56', '#a86a88', '#76848f'] as const

export interface Shown { readonly job: Job; readonly answer: Answer }

const pause = (ms: number): Promise<void> => new Promise((done) => window.setTimeout(done, ms))

export const useAnalysis = defineStore('analysis', () => {
  const known = shallowRef<readonly ProcessSummary[]>([])
  const described = shallowRef<ReadonlyMap<string, ProcessDescription>>(new Map())
  const filed = shallowRef<readonly Job[]>([])
  const error = shallowRef<unknown>(null)
  /** What is filled in, by analysis: going to another one and back loses nothing. */
  const values = shallowRef<ReadonlyMap<string, Inputs>>(new Map())
  const running = shallowRef<Job | null>(null)
  /** The last run was stopped by hand. */
  const isCancelled = ref(false)
  const shown = shallowRef<Shown | null>(null)
  const compared = shallowRef<Shown | null>(null)
  const picked = shallowRef<AnswerDrawing['picked']>(null)
  const hidden = ref(new Set<string>())
  /** The analysis whose form is open: what is filled in there is drawn. */
  const filling = ref<string | null>(null)
  /** Whether the answer is drawn: the room puts it away when it is left for another one that has the map. */
  const isOnMap = ref(true)

  async function begin(county: string): Promise<void> {
    error.value = null
    try {
      if (known.value.length === 0) known.value = await readProcesses()
      await refresh(county)
    } catch (problem) {
      error.value = problem
    }
  }
  async function refresh(county: string): Promise<void> {
    filed.value = await readJobs(county)
  }
  async function describe(id: string): Promise<ProcessDescription> {
    const held = described.value.get(id)
    if (held) return held
    const found = await readProcess(id)
    described.value = new Map([...described.value, [id, found]])
    return found
  }
  function fill(id: string, name: string, value: unknown): void {
    const before = values.value.get(id) ?? {}
    const after = { ...before, [name]: value }
    if (value === undefined || value === null || value === '') delete (after as Record<string, unknown>)[name]
    values.value = new Map([...values.value, [id, after]])
  }
  function refill(id: string, inputs: Inputs): void {
    values.value = new Map([...values.value, [id, inputs]])
  }

  async function run(id: string, county: string, inputs: Inputs): Promise<Job | null> {
    error.value = null
    isCancelled.value = false
    try {
      running.value = await order(id, county, inputs, newKey())
      return await follow(running.value)
    } catch (problem) {
      error.value = problem
      return null
    } finally {
      running.value = null
      void refresh(county).catch(() => undefined)
    }
  }
  async function follow(begun: Job): Promise<Job | null> {
    let wait = FIRST_LOOK_MS
    let now = begun
    while (now.status === 'accepted' || now.status === 'running') {
      await pause(wait)
      wait = NEXT_LOOK_MS
      now = await readJob(begun.jobID)
      if (running.value?.jobID === begun.jobID) running.value = now
    }
    isCancelled.value = now.status === 'dismissed'
    if (isCancelled.value) return null
    await open(now.jobID)
    return now
  }
  async function cancel(): Promise<void> {
    const job = running.value
    if (!job) return
    try {
      await dismiss(job.jobID)
    } catch (problem) {
      if (running.value?.jobID === job.jobID) error.value = problem // one that has ended meanwhile needs no stopping
    }
  }

  async function open(id: string): Promise<void> {
    const [told, answer] = [await readJob(id), await answerOf(id)]
    shown.value = { job: told, answer }
    compared.value = null
    picked.value = null
    hidden.value = new Set(answer.lists.filter((list) => list.aside).map((list) => list.name))
    isOnMap.value = true
  }
  async function compare(id: string | null): Promise<void> {
    compared.value = id === null ? null : { job: await readJob(id), answer: await answerOf(id) }
  }
  function close(): void {
    shown.value = null
    compared.value = null
    picked.value = null
  }
  async function keep(name: string | null): Promise<void> {
    if (!shown.value) return
    const told = await keepJob(shown.value.job.jobID, name)
    shown.value = { ...shown.value, job: told }
    filed.value = filed.value.map((job) => (job.jobID === told.jobID ? told : job))
  }
  async function remove(id: string): Promise<void> {
    await dismiss(id)
    filed.value = filed.value.filter((job) => job.jobID !== id)
    if (shown.value?.job.jobID === id) close()
    if (compared.value?.job.jobID === id) compared.value = null
  }
  function toggle(list: string): void {
    const now = new Set(hidden.value)
    if (!now.delete(list)) now.add(list)
    hidden.value = now
  }

  const drawing = computed<AnswerDrawing>(() => {
    if (!isOnMap.value) return { lists: [], picked: null }
    const own = drawnLists(shown.value, 'a', LIST_COLOURS, false).filter((list) => !hidden.value.has(list.key.slice(2)))
    // What was asked about lies uppermost, then the first list of the answer.
    const question = filling.value === null ? shown.value?.job['x-inputs'] : values.value.get(filling.value)
    return { lists: [...questionOf(question), ...own, ...drawnLists(compared.value, 'b', COMPARED_COLOURS, true)].reverse(), picked: picked.value }
  })

  return {
    known, described, filed, error, values, running, isCancelled, filling, shown, compared, picked, hidden, isOnMap, drawing,
    begin, refresh, describe, fill, refill, run, cancel, open, compare, close, keep, remove, toggle,
  }
})

/** The first column of lists whose rows are classes, from least to most. */
const CLASSES: readonly string[] = ['band', 'minutes']
const MOST_CLASSES = 9
const LIGHTEST = 0.72

/** Colours of the classes of a list, light to full; null where the rows are things of their own. */
export function shadesOf(list: Listing, colour: string): readonly string[] | null {
  const rows = list.features.features
  const isClassed = CLASSES.includes(list.columns[0]?.name ?? '') && rows.length > 1 && rows.length <= MOST_CLASSES && rows.every((row) => row.geometry === null || row.geometry.type.endsWith('Polygon'))
  return isClassed ? rows.map((_, at) => lightened(colour, LIGHTEST * (1 - at / (rows.length - 1)))) : null
}
function lightened(colour: string, share: number): string {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))
  return `#${parts.map((part) => Math.round(part + (255 - part) * share).toString(16).padStart(2, '0')).join('')}`
}

export const hasShapes = (list: Listing): boolean => list.features.features.some((feature) => feature.geometry !== null)

function drawnLists(from: Shown | null, side: 'a' | 'b', colours: readonly string[], isDashed: boolean): DrawnList[] {
  return (from?.answer.lists ?? []).flatMap((list, number): DrawnList[] => (hasShapes(list)
    ? [drawn(`${side}/${list.name}`, list, colours[number % colours.length] as string, isDashed)] : []))
}

function questionOf(inputs: Inputs | undefined): DrawnList[] {
  const features = shapesIn(inputs)
  return features.features.length > 0 ? [{ key: 'question', features, colour: '', isDashed: true, isQuestion: true }] : []
}

const drawn = (key: string, list: Listing, colour: string, isDashed: boolean): DrawnList =>
  ({ key, features: list.features, colour, isDashed, shades: shadesOf(list, colour) })
