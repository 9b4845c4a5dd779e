/** What a person chose about the screen itself. Kept in this browser; holds nothing about the session. */
import { defineStore } from 'pinia'
import { computed, ref, watchEffect } from 'vue'
import { i18n } from '@/i18n'
import type { Locale } from './model'

export type Theme = 'light' | 'dark' | 'system'
const KEY = 'anlan.screen'

interface Kept {
  locale?: Locale
  theme?: Theme
}

function kept(): Kept {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Kept
  } catch {
    return {} // private windows and hand-edited storage: begin with the defaults
  }
}

export const useSettings = defineStore('settings', () => {
  const before = kept()
  const locale = ref<Locale>(before.locale === 'en' ? 'en' : 'zh-CN')
  const theme = ref<Theme>(before.theme ?? 'system')
  const systemDark = ref(false)
  /** A sheet of paper is being laid out: always light. */
  const isPrinting = ref(false)

  const query = window.matchMedia('(prefers-color-scheme: dark)')
  systemDark.value = query.matches
  query.addEventListener('change', (event) => {
    systemDark.value = event.matches
  })

  const isDark = computed(() => !isPrinting.value && (theme.value === 'dark' || (theme.value === 'system' && systemDark.value)))

  watchEffect(() => {
    i18n.global.locale.value = locale.value
    document.documentElement.lang = locale.value
    document.documentElement.classList.toggle('dark', isDark.value)
    document.documentElement.classList.toggle('printing', isPrinting.value)
    const paper = isDark.value ? '#161d1f' : '#f4f5f3'
    document.querySelector('meta[name="theme-color"]')?.setAttribute('content', paper)
    try {
      localStorage.setItem(KEY, JSON.stringify({ locale: locale.value, theme: theme.value }))
    } catch {
      // storage may be switched off; the choice then lasts as long as the page
    }
  }, { flush: 'sync' })

  return { locale, theme, isDark, isPrinting }
})
