/** Who is signed in. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { Problem, onSignedOut } from '@/api/client'
import * as api from '@/api/session'

export type Phase = 'unknown' | 'in' | 'out' | 'unreachable'

export const useSession = defineStore('session', () => {
  const me = ref<api.Me | null>(null)
  const phase = ref<Phase>('unknown')

  function forget(): void {
    me.value = null
    phase.value = 'out'
  }

  /** Take the session from the cookie. */
  async function restore(): Promise<void> {
    try {
      me.value = await api.whoAmI()
      phase.value = 'in'
    } catch (error) {
      if (error instanceof Problem) forget()
      else phase.value = 'unreachable'
    }
  }

  async function signIn(username: string, password: string): Promise<void> {
    await api.signIn(username, password)
    await restore()
  }

  async function signOut(): Promise<void> {
    try {
      await api.signOut()
    } finally {
      forget()
    }
  }

  onSignedOut(forget)
  /** Signed in with a password that somebody else gave out. */
  const mustChange = computed(() => phase.value === 'in' && me.value?.must_change === true)
  return { me, phase, isIn: computed(() => phase.value === 'in'), mustChange, restore, signIn, signOut }
})
