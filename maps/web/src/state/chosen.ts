/** The facts of one object: fetched once, with the form that says how to read them. */
import { ref, shallowRef, watch, type Ref as Reactive } from 'vue'
import { feature } from '@/api/features'
import { useCatalogue } from './catalogue'
import { isSame, type Feature, type FieldInfo, type LayerForm, type Ref } from './model'
import { isEmpty } from './words'

export type FactsState = 'idle' | 'reading' | 'here' | 'failed'

export interface Facts {
  readonly feature: Feature
  readonly form: LayerForm
}

/** Follow `chosen`: its facts at the moment `asOf` (null: now), read again when either changes. */
export function useFacts(chosen: Reactive<Ref | null>, asOf: Reactive<string | null> = ref(null)): {
  facts: Reactive<Facts | null>
  state: Reactive<FactsState>
  error: Reactive<unknown>
  read: () => Promise<void>
} {
  const catalogue = useCatalogue()
  const facts = shallowRef<Facts | null>(null)
  const state = ref<FactsState>('idle')
  const error = shallowRef<unknown>(null)
  let stop: AbortController | null = null
  let shown = ''

  async function read(): Promise<void> {
    stop?.abort()
    const asked = chosen.value
    const moment = asOf.value
    const key = asked ? `${asked.layer}/${asked.id}@${moment ?? ''}` : ''
    if (key !== shown) facts.value = null // read again after a write: what is on screen stays until the answer is here
    state.value = facts.value ? 'here' : asked ? 'reading' : 'idle'
    if (!asked) return
    stop = new AbortController()
    try {
      const [one, form] = await Promise.all([feature(asked, stop.signal, moment), catalogue.formOf(asked.layer)])
      if (!isSame(chosen.value, asked) || asOf.value !== moment) return
      facts.value = { feature: one, form }
      shown = key
      state.value = 'here'
    } catch (problem) {
      if (!isSame(chosen.value, asked) || asOf.value !== moment) return
      error.value = problem
      state.value = 'failed'
    }
  }

  watch(chosen, (now, before) => {
    if (!isSame(now, before ?? null)) void read()
  }, { immediate: true })
  watch(asOf, () => void read())
  return { facts, state, error, read }
}

/** How many facts a popup has room for. */
const KEY_FACTS = 4

/** The layer's own facts that matter first: the ones it cannot be published without, as far as they are given. */
export function keyFacts({ feature: one, form }: Facts): FieldInfo[] {
  const own = form.groups.find((group) => group.name === 'own')?.fields ?? []
  const given = own.filter((field) => !field.restricted && !isEmpty(one.properties[field.name]))
  return [...given.filter((field) => field.needed), ...given.filter((field) => !field.needed)].slice(0, KEY_FACTS)
}
