/** One answer of the server, read when its tab opens and again on request. */
import { onBeforeUnmount, ref, shallowRef, type Ref } from 'vue'
import { Problem, Unreachable } from '@/api/client'
import type { Locale } from '@/state/model'

export type Phase = 'reading' | 'here' | 'failed'

export interface Answer<T> {
  readonly data: Ref<T | null>
  readonly phase: Ref<Phase>
  readonly error: Ref<unknown>
  readonly read: () => Promise<void>
}

/** Ask at once. What is here stays on the screen while it is read again; a later question stops an earlier one. */
export function useAnswer<T>(ask: (signal: AbortSignal) => Promise<T>): Answer<T> {
  const data = shallowRef<T | null>(null) as Ref<T | null>
  const phase = ref<Phase>('reading')
  const error = shallowRef<unknown>(null)
  let stop = new AbortController()

  async function read(): Promise<void> {
    stop.abort()
    stop = new AbortController()
    const { signal } = stop
    if (data.value === null) phase.value = 'reading'
    try {
      const answer = await ask(signal)
      if (signal.aborted) return
      data.value = answer
      phase.value = 'here'
    } catch (problem) {
      if (signal.aborted) return
      error.value = problem
      phase.value = 'failed'
    }
  }

  onBeforeUnmount(() => stop.abort())
  void read()
  return { data, phase, error, read }
}

export interface Said {
  readonly title: string
  readonly detail: string
}

const LOST: Readonly<Record<Locale, Said>> = {
  'zh-CN': { title: '连接不上服务器', detail: '请检查网络,或确认服务器已启动;填写的内容还在。' },
  en: { title: 'The server cannot be reached', detail: 'Check the network, or that the server runs; what you typed is kept.' },
}

/** A refusal in words: what is wrong and what to do. Each field's own words are in `errors`. */
export function said(error: unknown, locale: Locale): Said {
  if (error instanceof Problem) {
    return locale === 'en' ? { title: error.titleEn, detail: error.en } : { title: error.titleZh, detail: error.zh }
  }
  if (error instanceof Unreachable) return LOST[locale]
  return { title: locale === 'en' ? 'Something went wrong' : '出了问题', detail: String(error) }
}

/** What the server says about single fields of a form, in the screen's language. */
export function fieldWords(error: unknown, locale: Locale): ReadonlyMap<string, string> {
  if (!(error instanceof Problem)) return new Map()
  return new Map(error.errors.map((one) => [one.field.replace(/^body\./, ''), locale === 'en' ? one.en : one.zh]))
}
