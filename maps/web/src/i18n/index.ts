import { createI18n } from 'vue-i18n'
import en from './en'
import enAnalysis from './en/analysis'
import enData from './en/data'
import enEdit from './en/edit'
import enLook from './en/look'
import enStanding from './en/standing'
import enTools from './en/tools'
import enSystem from './en/system'
import zh from './zh-CN'
import zhAnalysis from './zh-CN/analysis'
import zhData from './zh-CN/data'
import zhEdit from './zh-CN/edit'
import zhLook from './zh-CN/look'
import zhStanding from './zh-CN/standing'
import zhTools from './zh-CN/tools'
import zhSystem from './zh-CN/system'

export const i18n = createI18n({
  legacy: false as const,
  locale: 'zh-CN' as 'zh-CN' | 'en',
  fallbackLocale: 'zh-CN',
  messages: {
    'zh-CN': { ...zh, ...zhSystem, data: zhData, ...zhEdit, ...zhLook, ...zhTools, ...zhAnalysis, ...zhStanding },
    en: { ...en, ...enSystem, data: enData, ...enEdit, ...enLook, ...enTools, ...enAnalysis, ...enStanding },
  },
})
