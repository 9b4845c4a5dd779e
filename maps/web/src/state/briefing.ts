/** The answers put aside for a briefing, in their order; kept in this browser. */
import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'

export interface Chapter {
  readonly job: string
  readonly zh: string
  readonly en: string
}

const KEPT_AS = 'anlan.briefing'

function kept(): readonly Chapter[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEPT_AS) ?? '[]')
    return Array.isArray(found) ? found.filter((one: Partial<Chapter>) => typeof one.job === 'string') as Chapter[] : []
  } catch {
    return [] // somebody else's writing under our name
  }
}

export const useBriefing = defineStore('briefing', () => {
  const chapters = shallowRef<readonly Chapter[]>(kept())
  watch(chapters, (now) => localStorage.setItem(KEPT_AS, JSON.stringify(now)))

  const has = (job: string): boolean => chapters.value.some((one) => one.job === job)
  function add(chapter: Chapter): void {
    if (!has(chapter.job)) chapters.value = [...chapters.value, chapter]
  }
  function remove(job: string): void {
    chapters.value = chapters.value.filter((one) => one.job !== job)
  }
  /** One place towards the front. */
  function raise(job: string): void {
    const at = chapters.value.findIndex((one) => one.job === job)
    if (at < 1) return
    const next = [...chapters.value]
    next.splice(at - 1, 0, ...next.splice(at, 1))
    chapters.value = next
  }
  return { chapters, has, add, remove, raise }
})
