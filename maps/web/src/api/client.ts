/**
 * The only place that calls fetch. The session lives in HttpOnly cookies, so no token is ever in reach of a script;
 * a 401 is answered by one refresh and one retry, then by signing out.
 */
import { Problem, Unreachable, problemOf } from './problems'

const PATIENCE_MS = 30_000

type Listener = () => void
const signedOut = new Set<Listener>()

/** Call `listener` when the server no longer knows this session. Returns the way to stop listening. */
export function onSignedOut(listener: Listener): Listener {
  signedOut.add(listener)
  return () => signedOut.delete(listener)
}

async function answer(path: string, init: RequestInit): Promise<Response> {
  const patience = AbortSignal.timeout(PATIENCE_MS)
  const signal = init.signal ? AbortSignal.any([init.signal, patience]) : patience
  try {
    return await fetch(path, { credentials: 'same-origin', ...init, signal })
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new Unreachable(error)
  }
}

let refreshing: Promise<boolean> | null = null

/** One refresh at a time, however many requests met a 401 together. */
function refreshed(): Promise<boolean> {
  refreshing ??= answer('/api/auth/refresh', { method: 'POST' })
    .then((response) => response.ok)
    .finally(() => {
      refreshing = null
    })
  return refreshing
}

/** GET `path` with the session's cookie. Throws Problem, Unreachable, or the abort of `signal`. */
export async function get(path: string, init: RequestInit = {}): Promise<Response> {
  let response = await answer(path, init)
  if (response.status === 401 && (await refreshed())) response = await answer(path, init)
  if (response.status === 401) signedOut.forEach((listener) => listener())
  if (!response.ok) throw await problemOf(response)
  return response
}

export async function getJson<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await get(path, { ...init, headers: { Accept: 'application/json' } })
  return (await response.json()) as T
}

/** GET what anyone may read: no refresh, no signing out. */
export async function getPublic<T>(path: string): Promise<T> {
  const response = await answer(path, { headers: { Accept: 'application/json' }, cache: 'no-store' })
  if (!response.ok) throw await problemOf(response)
  return (await response.json()) as T
}

/** POST a form, as OAuth2 asks for; never retried. */
export async function postForm(path: string, fields: Record<string, string>): Promise<Response> {
  const response = await answer(path, { method: 'POST', body: new URLSearchParams(fields) })
  if (!response.ok) throw await problemOf(response)
  return response
}

export { Problem, Unreachable }
