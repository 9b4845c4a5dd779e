/** The console as a program of its own: whether the browser offers that, and whether a newer one waits. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

/** Chromium's own event; other browsers have a menu entry and no event. */
interface InstallOffer extends Event {
  readonly prompt: () => Promise<unknown>
}

/** A page that stays open for weeks on a wall asks for a newer console this often. */
const LOOK_EVERY_MS = 30 * 60_000

export const useInstall = defineStore('install', () => {
  const offer = shallowRef<InstallOffer | null>(null)
  const isInstalled = ref(window.matchMedia('(display-mode: standalone)').matches)
  /** A newer shell that has been fetched and waits to take over. */
  const waiting = shallowRef<ServiceWorker | null>(null)
  let isTaking = false

  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    offer.value = event as InstallOffer
  })
  window.addEventListener('appinstalled', () => {
    isInstalled.value = true
    offer.value = null
  })

  async function ask(): Promise<void> {
    const one = offer.value
    offer.value = null
    await one?.prompt()
  }

  function follow(registration: ServiceWorkerRegistration): void {
    const look = (): void => {
      // Without a controller this is the first visit: nothing is replaced and there is nothing to say.
      if (navigator.serviceWorker.controller) waiting.value = registration.waiting
    }
    registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look))
    look()
    window.setInterval(() => void registration.update().catch(() => undefined), LOOK_EVERY_MS)
  }

  /** Keep the shell in this browser. Only what is built has a worker; a page served insecurely may have none. */
  async function begin(): Promise<void> {
    if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
    navigator.serviceWorker.addEventListener('controllerchange', () => {
      if (isTaking) window.location.reload()
    })
    try {
      follow(await navigator.serviceWorker.register('/worker.js'))
    } catch {
      // storage switched off or full: the console works without its worker
    }
  }

  function takeUpdate(): void {
    isTaking = true
    waiting.value?.postMessage('take over')
  }

  return { canInstall: computed(() => offer.value !== null), isInstalled, waiting, ask, begin, takeUpdate }
})
