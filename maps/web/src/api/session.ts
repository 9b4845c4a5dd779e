/** Signing in and out, and who is signed in. */
import { forgetToken, getJson, getPublic, postForm } from './client'
import type { components } from './schema'

export type Me = components['schemas']['Me']
export type Health = components['schemas']['Health']

export const whoAmI = (): Promise<Me> => getJson<Me>('/api/me')
export const health = (): Promise<Health> => getPublic<Health>('/api/health')

export async function signIn(username: string, password: string): Promise<void> {
  forgetToken()
  await postForm('/api/auth/token', { grant_type: 'password', username, password })
}

export async function signOut(): Promise<void> {
  forgetToken()
  await postForm('/api/auth/logout', {})
}
