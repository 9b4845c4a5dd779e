/** What the map shows: kept in the address, so that a link, a reload and a second screen show the same. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { ALL_HEEDED, type Address, type Position, type Unheeded } from './address'
import { useCatalogue } from './catalogue'
import { isSame, NOTHING_IN_VIEW, type InView, type Ref } from './model'
import { useSession } from './session'

/** Switched on for a first visit: the dangers and who can help; the rest is one click away. */
const FIRST_LAYERS = ['geohazards', 'mines', 'reservoirs', 'rescue_teams', 'shelters']

export const useView = defineStore('view', () => {
  const catalogue = useCatalogue()
  const session = useSession()
  const county = ref<string | null>(null)
  // The number beside a layer is the length of the list it opens: both are of the chosen county.
  watch(county, (code) => void catalogue.countIn(code), { flush: 'sync' })
  const layers = shallowRef<ReadonlySet<string>>(new Set())
  const at = shallowRef<Position | null>(null)
  const chosen = shallowRef<Ref | null>(null)
  /** The moment the whole screen shows; null: now. While it is set, nothing is written. */
  const asOf = ref<string | null>(null)
  const isPast = computed(() => asOf.value !== null)
  /** The moment shown beside now. */
  const compare = ref<string | null>(null)
  /** What the followed address asked for in vain; said on the map until it is put away. */
  const unheeded = shallowRef<Unheeded>(ALL_HEEDED)
  const inView = shallowRef<InView>(NOTHING_IN_VIEW)
  /** Whether the map is not whole yet: from before its first picture until all its tiles are drawn. */
  const busy = ref(true)
  const failedLayers = shallowRef<readonly string[]>([])
  const pointer = shallowRef<readonly [number, number] | null>(null)
  /** The place of which was asked: what is here? */
  const asked = shallowRef<{ readonly lon: number; readonly lat: number } | null>(null)

  /** Read an address; what it leaves out gets the default. Needs the catalogue. */
  function follow(address: Address, moments: Pick<Unheeded, 'asOf' | 'compare'> = ALL_HEEDED): void {
    county.value = catalogue.countyOf(address.county ?? session.me?.county ?? null)?.code ?? null
    unheeded.value = {
      county: address.county !== null && address.county !== county.value ? address.county : null,
      layers: (address.layers ?? []).filter((layer) => !catalogue.byName.has(layer)),
      asOf: moments.asOf,
      compare: moments.compare,
    }
    const known = (name: string): boolean => catalogue.byName.has(name)
    layers.value = new Set((address.layers ?? FIRST_LAYERS).filter(known))
    at.value = address.at
    asOf.value = address.asOf
    compare.value = address.compare
    if (!isSame(chosen.value, address.chosen)) chosen.value = address.chosen
  }

  const address = (): Address => ({
    county: county.value, layers: [...layers.value], at: at.value, chosen: chosen.value,
    asOf: asOf.value, compare: compare.value,
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

  return { county, layers, at, chosen, asOf, isPast, compare, unheeded, inView, busy, failedLayers, pointer, asked, follow, address, show, choose }
})
