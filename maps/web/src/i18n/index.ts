import { createI18n } from 'vue-i18n'
import en from './en'
import zh from './zh-CN'

export const i18n = createI18n({
  legacy: false as const, locale: 'zh-CN' as 'zh-CN' | 'en', fallbackLocale: 'zh-CN', messages: { 'zh-CN': zh, en },
})
