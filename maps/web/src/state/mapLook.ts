/** How the map is drawn: base map, grid, order and opacity of layers. All of it in the address but the coordinate system. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import { SYSTEMS, type System } from '@/map/coordinates'
import type { LayerInfo } from './model'

/** auto: light or dark as the console is. vector and imagery are 天地图, offered only where the server has a key. */
export const BASES = ['auto', 'light', 'dark', 'terrain', 'vector', 'imagery', 'none'] as const
export type Base = (typeof BASES)[number]
export const LEAST_OPACITY = 10
const FULL = 100
const KEY = 'anlan.coordinates'

/** What a group of layers remembers. Opacity in percent, of those below 100. */
export interface LayerSetting {
  readonly layers: readonly string[]
  readonly order: readonly string[]
  readonly opacity: Readonly<Record<string, number>>
}

const single = (value: LocationQuery[string] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? ''

export function opacitiesOf(text: string): Map<string, number> {
  const pairs = text.split(',').flatMap((part): [string, number][] => {
    const [layer, percent] = part.split(':')
    const value = Number(percent)
    return layer && percent && value >= LEAST_OPACITY && value < FULL ? [[layer, Math.round(value)]] : []
  })
  return new Map(pairs)
}

/** Top first: layers a person has placed, in that order; the others below them as the server lists them. */
export function sorted<Layer extends Pick<LayerInfo, 'name'>>(layers: readonly Layer[], order: readonly string[]): Layer[] {
  const placeOf = (layer: Layer): number => {
    const place = order.indexOf(layer.name)
    return place < 0 ? order.length : place
  }
  return [...layers].sort((a, b) => placeOf(a) - placeOf(b))
}

function keptSystem(): System {
  try {
    return SYSTEMS.find((one) => one === localStorage.getItem(KEY)) ?? 'degrees'
  } catch {
    return 'degrees' // storage may be switched off
  }
}

export const useMapLook = defineStore('mapLook', () => {
  const base = ref<Base>('auto')
  const showsGrid = ref(false)
  /** Names, top first; empty until a person moves one. */
  const order = shallowRef<readonly string[]>([])
  const opacity = shallowRef<ReadonlyMap<string, number>>(new Map())
  const system = ref<System>(keptSystem())
  watch(system, (now) => {
    try {
      localStorage.setItem(KEY, now)
    } catch {
      // the choice then lasts as long as the page
    }
  })

  function follow(query: LocationQuery): void {
    base.value = BASES.find((one) => one === single(query.base)) ?? 'auto'
    showsGrid.value = single(query.grid) === '1'
    order.value = single(query.order).split(',').filter((name) => name !== '')
    opacity.value = opacitiesOf(single(query.opacity))
  }

  const query = (): LocationQueryRaw => ({
    ...(base.value === 'auto' ? {} : { base: base.value }),
    ...(showsGrid.value ? { grid: '1' } : {}),
    ...(order.value.length > 0 ? { order: order.value.join(',') } : {}),
    ...(opacity.value.size > 0 ? { opacity: [...opacity.value].map(([name, percent]) => `${name}:${percent}`).join(',') } : {}),
  })

  function fade(layer: string, percent: number): void {
    const next = new Map(opacity.value)
    if (percent >= FULL) next.delete(layer)
    else next.set(layer, Math.max(LEAST_OPACITY, Math.round(percent)))
    opacity.value = next
  }

  /** Put `layer` at a place of `names`, the layers on the map from the top. */
  function place(names: readonly string[], layer: string, at: number): void {
    const rest = names.filter((name) => name !== layer)
    const to = Math.min(rest.length, Math.max(0, at))
    order.value = [...rest.slice(0, to), layer, ...rest.slice(to)]
  }

  /** 天地图 was chosen and does not answer: the map's own base stays until it does. */
  const foreignFails = ref(false)
  watch(base, () => {
    foreignFails.value = false
  }, { flush: 'sync' })
  const showsBase = computed(() => base.value === 'auto' || base.value === 'light' || base.value === 'dark' || base.value === 'terrain')
  /** The map's own light: paper is always light, else the choice, else as the console is. */
  const isDark = (consoleIsDark: boolean, isPrinting: boolean): boolean =>
    !isPrinting && (base.value === 'dark' || (base.value !== 'light' && consoleIsDark))
  const opacityOf = (layer: string): number => opacity.value.get(layer) ?? FULL
  const setting = (layers: readonly string[]): LayerSetting => (
    { layers, order: order.value, opacity: Object.fromEntries(opacity.value) }
  )
  function restore(kept: LayerSetting): void {
    order.value = kept.order
    opacity.value = opacitiesOf(Object.entries(kept.opacity).map(([name, percent]) => `${name}:${percent}`).join(','))
  }

  return { base, showsGrid, order, opacity, system, follow, query, fade, place, showsBase, foreignFails, isDark, opacityOf, setting, restore }
})
