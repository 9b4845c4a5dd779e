/**
 * Keeps the console's own files, so that it opens at once and says in words when the server is gone. Never an answer of
 * the server: data on the screen are read now, or the screen says that they could not be.
 *
 * The build (shell.ts) writes the two names below; a new build is a new worker and waits until a person takes it.
 */
const VERSION = '__VERSION__'
const SHELL = __SHELL__
const NOT_OURS = /^\/(api|ogc|metrics|problems)(\/|$)/
const KEPT = `shell ${VERSION}`

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(SHELL)))
})

self.addEventListener('activate', (event) => {
  const tidied = caches.keys().then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name))))
  event.waitUntil(tidied.then(() => self.clients.claim()))
})

self.addEventListener('message', (event) => {
  if (event.data === 'take over') self.skipWaiting()
})

/** The page itself: the server's, or ours when there is no server. */
async function page(request) {
  try {
    return await fetch(request)
  } catch {
    return (await caches.match('/', { cacheName: KEPT })) ?? Response.error()
  }
}

/** Files whose name changes with their content. */
async function asset(request) {
  const kept = await caches.match(request, { cacheName: KEPT })
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok) await (await caches.open(KEPT)).put(request, answer.clone()).catch(() => undefined) // disk full: go on without
  return answer
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin || NOT_OURS.test(url.pathname)) return
  if (request.mode === 'navigate') event.respondWith(page(request))
  else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(request))
})
