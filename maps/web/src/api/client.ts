/**
 * The only place that calls fetch. Reading goes by HttpOnly cookie. The server takes no write by cookie, so that no
 * foreign page can make a browser write: a write carries the access token, which lives in this module's memory only and
 * is asked for with the first write. A 401 is answered by one refresh and one retry, then by signing out.
 */
import { hearDate } from './clock'
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
let bearer: string | null = null

async function refresh(): Promise<boolean> {
  const response = await answer('/api/auth/refresh', { method: 'POST' })
  bearer = response.ok ? ((await response.json()) as { access_token: string }).access_token : null
  return response.ok
}

/** One refresh at a time, however many requests met a 401 together. */
function refreshed(): Promise<boolean> {
  refreshing ??= refresh().finally(() => {
    refreshing = null
  })
  return refreshing
}

/** Forget the token of writes: whoever signs in next must not write in the name of the one before. */
export function forgetToken(): void {
  bearer = null
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

export interface Write {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  /** Media type of the body; JSON when left out. */
  readonly type?: string
  /** The version the change was made on, as in `properties.version`. */
  readonly version?: number
  /** Idempotency key: give the same one when the same write is sent again. */
  readonly key?: string
  readonly signal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
}

/** 128 random bits. `crypto.randomUUID` is missing where the console is served by plain HTTP. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Write to `path`. Throws Problem (412: somebody was faster), Unreachable, or the abort of the signal. */
export async function write(path: string, what: Write): Promise<Response> {
  const key = what.key ?? newKey()
  const once = (): Promise<Response> => answer(path, {
    method: what.method,
    headers: {
      Accept: 'application/json', 'Idempotency-Key': key, Authorization: `Bearer ${bearer ?? ''}`,
      ...(what.body === undefined ? {} : { 'Content-Type': what.type ?? 'application/json' }),
      ...(what.version === undefined ? {} : { 'If-Match': `"${what.version}"` }),
      ...what.headers,
    },
    ...(what.body === undefined ? {} : { body: JSON.stringify(what.body) }),
    ...(what.signal ? { signal: what.signal } : {}),
  })
  if (bearer === null) await refreshed()
  let response = await once()
  if (response.status === 401 && (await refreshed())) response = await once()
  if (response.status === 401) signedOut.forEach((listener) => listener())
  if (!response.ok) throw await problemOf(response)
  return response
}

export async function writeJson<T>(path: string, what: Write): Promise<T> {
  const response = await write(path, what)
  return (response.status === 204 ? undefined : await response.json()) as T
}

/** GET what anyone may read: no refresh, no signing out. */
export async function getPublic<T>(path: string): Promise<T> {
  const response = await answer(path, { headers: { Accept: 'application/json' }, cache: 'no-store' })
  hearDate(response.headers.get('Date'))
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
