/** A log read a page at a time, newest first; its question stands in the address. */
import { computed, onBeforeUnmount, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { AuditQuestion } from '@/api/system'
import type { Phase } from './answer'

export interface LogPage<Entry> {
  readonly entries: readonly Entry[]
  readonly next_before: number | null
}

export interface Log<Entry> {
  readonly question: ComputedRef<AuditQuestion>
  readonly entries: Ref<readonly Entry[]>
  readonly next: Ref<number | null>
  readonly phase: Ref<Phase>
  readonly error: Ref<unknown>
  readonly isReadingMore: Ref<boolean>
  readonly read: () => Promise<void>
  readonly more: () => Promise<void>
  readonly ask: (changes: Partial<AuditQuestion>) => Promise<void>
}

type Read<Page> = (question: AuditQuestion, before: number | null, signal: AbortSignal) => Promise<Page>

const single = (value: unknown): string => (typeof value === 'string' ? value : '')

export function useLog<Entry, Page extends LogPage<Entry>>(readPage: Read<Page>, arrived: (page: Page) => void = () => undefined): Log<Entry> {
  const route = useRoute()
  const router = useRouter()
  const entries = shallowRef<readonly Entry[]>([])
  const next = ref<number | null>(null)
  const phase = ref<Phase>('reading')
  const error = shallowRef<unknown>(null)
  const isReadingMore = ref(false)
  let stop = new AbortController()

  const question = computed<AuditQuestion>(() => ({
    user: single(route.query.user), action: single(route.query.action), layer: single(route.query.layer),
    since: /^\d{4}-\d{2}-\d{2}$/.test(single(route.query.since)) ? single(route.query.since) : '',
  }))

  async function page(before: number | null): Promise<void> {
    stop.abort()
    stop = new AbortController()
    const { signal } = stop
    try {
      const found = await readPage(question.value, before, signal)
      if (signal.aborted) return
      entries.value = before === null ? found.entries : [...entries.value, ...found.entries]
      next.value = found.next_before
      phase.value = 'here'
      arrived(found)
    } catch (problem) {
      if (signal.aborted) return
      error.value = problem
      phase.value = 'failed'
    }
  }
  async function read(): Promise<void> {
    phase.value = 'reading'
    await page(null)
  }
  async function more(): Promise<void> {
    isReadingMore.value = true
    await page(next.value)
    isReadingMore.value = false
  }
  async function ask(changes: Partial<AuditQuestion>): Promise<void> {
    const given = Object.entries({ ...question.value, ...changes }).filter(([, value]) => value !== '')
    await router.replace({ query: Object.fromEntries(given) })
  }

  watch(() => JSON.stringify(question.value), () => {
    if (route.name === 'system') void read()
  })
  onBeforeUnmount(() => stop.abort())
  void read()
  return { question, entries, next, phase, error, isReadingMore, read, more, ask }
}
