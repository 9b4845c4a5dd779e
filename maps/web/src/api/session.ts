/** Signing in and out, and who is signed in. */
import { getJson, getPublic, postForm } from './client'

export interface Me {
  readonly username: string
  readonly role: string
  readonly scope: string
  readonly bureau: string | null
  readonly name: string
  readonly county: string | null
}

export interface Health {
  readonly status: string
  readonly version: string
}

export const whoAmI = (): Promise<Me> => getJson<Me>('/api/me')
export const health = (): Promise<Health> => getPublic<Health>('/api/health')

export async function signIn(username: string, password: string): Promise<void> {
  await postForm('/api/auth/token', { grant_type: 'password', username, password })
}

export async function signOut(): Promise<void> {
  await postForm('/api/auth/logout', {})
}
