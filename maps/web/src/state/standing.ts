/** The county's standing analyses, read again every few seconds while somebody is signed in, and which of them are in alarm. */
import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import * as api from '@/api/standing'
import type { StandingAnalysis } from '@/api/standing'
import { useSession } from './session'
import { useView } from './view'

const LOOK_EVERY_MS = 5_000
/** As the server has it: who sets up, takes note and ends. */
const HANDLED_BY: ReadonlySet<string> = new Set(['duty', 'commander', 'admin'])

export const useStanding = defineStore('standing', () => {
  const session = useSession()
  const view = useView()
  const all = shallowRef<readonly StandingAnalysis[]>([])
  const readAt = shallowRef<Date | null>(null)
  const error = shallowRef<unknown>(null)
  const alarms = computed(() => all.value.filter((one) => one.worse.length > 0))
  /** Those that tell nothing now: no run for too long, or the last one failed. A watch that sleeps must be seen. */
  const asleep = computed(() => all.value.filter((one) => one.overdue || one.problem))
  const mayHandle = computed(() => HANDLED_BY.has(session.me?.role ?? ''))
  let asked: AbortController | null = null

  async function look(): Promise<void> {
    const { county } = view
    asked?.abort()
    if (!session.isIn || session.mustChange || !county) {
      all.value = []
      return
    }
    const own = new AbortController()
    asked = own
    try {
      const found = await api.standing(county, own.signal)
      if (asked !== own) return
      all.value = found
      readAt.value = new Date()
      error.value = null
    } catch (problem) {
      if (asked === own) error.value = problem
    }
  }
  const take = (changed: StandingAnalysis): void => {
    all.value = all.value.map((one) => (one.id === changed.id ? changed : one))
  }
  async function begin(job: string, name: string): Promise<void> {
    const made = await api.begin(job, name)
    all.value = [...all.value, made]
  }
  async function accept(one: StandingAnalysis): Promise<void> {
    take(await api.accept(one.id, one.worse.map((row) => row.id)))
  }
  async function end(id: string): Promise<void> {
    await api.end(id)
    all.value = all.value.filter((one) => one.id !== id)
  }

  const looking = window.setInterval(() => {
    if (document.visibilityState === 'visible') void look()
  }, LOOK_EVERY_MS)
  watch(() => [session.isIn, session.mustChange, view.county], () => void look(), { immediate: true })
  onScopeDispose(() => window.clearInterval(looking))
  return { all, alarms, asleep, mayHandle, readAt, error, look, begin, accept, end }
})
