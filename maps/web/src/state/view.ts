/** What the map shows: kept in the address, so that a link, a reload and a second screen show the same. */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { Address, Position } from './address'
import { useCatalogue } from './catalogue'
import { isSame, type Ref, type Seen } from './model'

/** Switched on for a first visit: the dangers and who can help; the rest is one click away. */
const FIRST_LAYERS = ['geohazards', 'mines', 'reservoirs', 'rescue_teams', 'shelters']

export const useView = defineStore('view', () => {
  const catalogue = useCatalogue()
  const county = ref<string | null>(null)
  const layers = shallowRef<ReadonlySet<string>>(new Set())
  const at = shallowRef<Position | null>(null)
  const chosen = shallowRef<Ref | null>(null)
  const base = ref(true)
  const inView = shallowRef<readonly Seen[]>([])
  const busy = ref(false)
  const failedLayers = shallowRef<readonly string[]>([])
  const pointer = shallowRef<readonly [number, number] | null>(null)

  /** Read an address; what it leaves out gets the default. Needs the catalogue. */
  function follow(address: Address): void {
    county.value = catalogue.countyOf(address.county)?.code ?? null
    const known = (name: string): boolean => catalogue.byName.has(name)
    layers.value = new Set((address.layers ?? FIRST_LAYERS).filter(known))
    at.value = address.at
    if (!isSame(chosen.value, address.chosen)) chosen.value = address.chosen
  }

  const address = (): Address => ({
    county: county.value, layers: [...layers.value], at: at.value, chosen: chosen.value,
  })

  function show(names: readonly string[], isOn: boolean): void {
    const next = new Set(layers.value)
    for (const name of names) {
      if (isOn) next.add(name)
      else next.delete(name)
    }
    layers.value = next
  }

  function choose(ref: Ref | null): void {
    if (isSame(chosen.value, ref)) return
    if (ref) show([ref.layer], true)
    chosen.value = ref
  }

  return { county, layers, at, chosen, base, inView, busy, failedLayers, pointer, follow, address, show, choose }
})
