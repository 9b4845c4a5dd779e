/** Whether the server answers, and what time it is by the server. */
import { defineStore } from 'pinia'
import { onScopeDispose, ref } from 'vue'
import { clockAheadMs, trueNow } from '@/api/clock'
import { health } from '@/api/session'

const HEALTH_EVERY_MS = 15_000
const CLOCK_EVERY_MS = 1000

export const usePulse = defineStore('pulse', () => {
  const now = ref(trueNow())
  const isLive = ref(true)
  /** Milliseconds this computer's clock is ahead of the server's; 0: they agree. */
  const clockAhead = ref(0)
  const answeredAt = ref<Date | null>(null)

  async function ask(): Promise<void> {
    try {
      await health()
      isLive.value = true
      answeredAt.value = trueNow()
      clockAhead.value = clockAheadMs()
    } catch {
      isLive.value = false
    }
  }

  const ticking = window.setInterval(() => {
    now.value = trueNow()
  }, CLOCK_EVERY_MS)
  const asking = window.setInterval(() => void ask(), HEALTH_EVERY_MS)
  const lost = (): void => {
    isLive.value = false
  }
  const found = (): void => void ask()
  window.addEventListener('offline', lost)
  window.addEventListener('online', found)
  void ask()

  onScopeDispose(() => {
    window.clearInterval(ticking)
    window.clearInterval(asking)
    window.removeEventListener('offline', lost)
    window.removeEventListener('online', found)
  })
  return { now, isLive, clockAhead, answeredAt, ask }
})
