import { createI18n } from 'vue-i18n'
import en from './en'
import enLook from './en/look'
import zh from './zh-CN'
import zhLook from './zh-CN/look'

export const i18n = createI18n({
  legacy: false as const,
  locale: 'zh-CN' as 'zh-CN' | 'en',
  fallbackLocale: 'zh-CN',
  messages: {
    'zh-CN': { ...zh, ...zhLook },
    en: { ...en, ...enLook },
  },
})
