import { createRouter, createWebHistory } from 'vue-router'
import { useSession } from '@/state/session'

const frame = (): Promise<unknown> => import('@/panels/MapRoom.vue')

/** The server gives the one page for every address that is neither a file nor an interface (api/console.py). */
export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', redirect: { name: 'map' } },
    { path: '/sign-in', name: 'sign-in', component: () => import('@/panels/SignIn.vue') },
    // One component for all rooms: the map behind them stays as it is from room to room.
    { path: '/map', name: 'map', component: frame },
    { path: '/analysis/:id([a-z][a-z0-9_]*|[0-9a-f-]{36})?', name: 'analysis', component: frame },
    { path: '/township/:code(\\d{9}|\\d{12})?', name: 'township', component: frame },
    { path: '/data/:layer([a-z][a-z0-9_]*)?', name: 'data', component: frame },
    { path: '/system/:tab?', name: 'system', component: frame },
    { path: '/:rest(.*)*', redirect: { name: 'map' } },
  ],
})

router.beforeEach(async (to) => {
  const session = useSession()
  if (session.phase === 'unknown') await session.restore()
  if (session.phase === 'unreachable') return true // App says so in place of the room
  // A password that was given out is replaced first; the sign-in page asks for the new one.
  if (to.name !== 'sign-in' && (!session.isIn || session.mustChange)) return { name: 'sign-in', query: { back: to.fullPath } }
  if (to.name === 'sign-in' && session.isIn && !session.mustChange) return backFrom(to.query.back)
  return true
})

/** Where to go after signing in: an address of this console, never one of another site. */
export function backFrom(back: unknown): string {
  return typeof back === 'string' && /^\/(?!\/)/.test(back) && !back.startsWith('/sign-in') ? back : '/map'
}
