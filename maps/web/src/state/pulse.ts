/** Whether the server answers, and what time it is. */
import { defineStore } from 'pinia'
import { onScopeDispose, ref } from 'vue'
import { health } from '@/api/session'

const HEALTH_EVERY_MS = 15_000
const CLOCK_EVERY_MS = 1000

export const usePulse = defineStore('pulse', () => {
  const now = ref(new Date())
  const isLive = ref(true)
  const answeredAt = ref<Date | null>(null)

  async function ask(): Promise<void> {
    try {
      await health()
      isLive.value = true
      answeredAt.value = new Date()
    } catch {
      isLive.value = false
    }
  }

  const ticking = window.setInterval(() => {
    now.value = new Date()
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
  return { now, isLive, answeredAt, ask }
})
