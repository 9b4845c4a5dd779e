/** Layers and counties as the server describes them, and the forms fetched so far. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import * as api from '@/api/catalogue'
import { trueNow } from '@/api/clock'
import type { County, LayerForm, LayerInfo } from './model'
import { learnUnits } from './units'

/** Reading order of the groups, dangers first; a group the server adds later comes last. */
const GROUPS = ['hazards', 'flood', 'industry', 'forest', 'resources', 'people', 'places', 'roads']

export type Load = 'idle' | 'loading' | 'ready' | 'failed'

export interface LayerGroup {
  readonly name: string
  readonly layers: readonly LayerInfo[]
}

const placeOf = (group: string): number => (GROUPS.includes(group) ? GROUPS.indexOf(group) : GROUPS.length)

export const useCatalogue = defineStore('catalogue', () => {
  const asRead = shallowRef<readonly LayerInfo[]>([])
  /** The county the numbers are of; null: not chosen yet. */
  const countedIn = ref<string | null>(null)
  /** The layers as they were at the moment the screen shows; null: the screen shows now. */
  const layersThen = shallowRef<ReadonlyMap<string, LayerInfo> | null>(null)
  const layers = computed<readonly LayerInfo[]>(() => {
    const then = layersThen.value
    return then === null ? asRead.value : asRead.value.map((layer) => {
      const { count, exerciseCount, bbox } = then.get(layer.name) ?? layer
      return { ...layer, count, exerciseCount, bbox }
    })
  })
  const counties = shallowRef<readonly County[]>([])
  const load = ref<Load>('idle')
  const error = shallowRef<unknown>(null)
  /** When the server last told us what it holds. */
  const readAt = ref<Date | null>(null)
  const forms = new Map<string, Promise<LayerForm>>()

  async function read(): Promise<void> {
    if (load.value !== 'ready') load.value = 'loading'
    try {
      const of = countedIn.value
      const [someLayers, someCounties, units] = await Promise.all([api.layers(of), api.counties(), api.units()])
      learnUnits(units)
      if (of === countedIn.value) asRead.value = someLayers
      counties.value = someCounties
      readAt.value = trueNow()
      load.value = 'ready'
      error.value = null
    } catch (problem) {
      error.value = problem
      if (load.value !== 'ready') load.value = 'failed'
    }
  }

  /** Give the numbers of this county; they are read anew only where there are several. */
  async function countIn(county: string | null): Promise<void> {
    const isOther = county !== countedIn.value
    countedIn.value = county
    if (isOther && counties.value.length > 1) await read()
  }

  function formOf(layer: string): Promise<LayerForm> {
    const known = forms.get(layer)
    if (known) return known
    const asked = api.form(layer)
    forms.set(layer, asked)
    asked.catch(() => forms.delete(layer)) // ask again next time
    return asked
  }

  function forget(): void {
    asRead.value = []
    countedIn.value = null
    layersThen.value = null
    counties.value = []
    load.value = 'idle'
    forms.clear()
  }

  const groups = computed<readonly LayerGroup[]>(() => {
    const names = [...new Set(layers.value.map((layer) => layer.group))].sort((a, b) => placeOf(a) - placeOf(b))
    return names.map((name) => ({ name, layers: layers.value.filter((layer) => layer.group === name) }))
  })
  const byName = computed(() => new Map(layers.value.map((layer) => [layer.name, layer])))
  const countyOf = (code: string | null): County | null =>
    counties.value.find((county) => county.code === code) ?? counties.value[0] ?? null

  return { layers, layersThen, counties, load, error, readAt, groups, byName, read, countIn, formOf, countyOf, forget }
})
