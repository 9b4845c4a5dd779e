/** What a threshold makes the system do, as a sentence: shown before a change is kept. */
import type { Locale, Named } from '@/state/model'
import { unitWord } from '@/state/units'

/** `{value}` stands for the number. A key without a sentence of its own is said by its name and unit. */
const SENTENCES: Readonly<Record<string, Named>> = {
  'sign_in.max_failures': {
    zh: '连续输错 {value} 次密码,账号锁定。', en: 'After {value} wrong passwords in a row the account is locked.',
  },
  'sign_in.lock_min': { zh: '账号锁定后,{value} 分钟内不能登录。', en: 'A locked account stays locked for {value} minutes.' },
  'token.access_min': {
    zh: '登录凭证每 {value} 分钟换一次;停用用户最迟在这么久之后失效。',
    en: 'Access is renewed every {value} minutes; a disabled user is out after that long at the latest.',
  },
  'token.refresh_days': { zh: '{value} 天不用,就要重新输入密码。', en: 'After {value} days without use the password is asked for again.' },
  'request.max_bytes': { zh: '一次最多上传 {value} 字节。', en: 'One upload may have {value} bytes.' },
  'geometry.max_vertices': { zh: '一个图形最多 {value} 个顶点,再多就不收。', en: 'One shape may have {value} vertices; a larger one is refused.' },
  'items.default_limit': { zh: '接口一页默认给 {value} 条。', en: 'A page of the interface has {value} rows unless asked otherwise.' },
  'items.max_limit': { zh: '接口一页最多给 {value} 条。', en: 'A page of the interface has at most {value} rows.' },
  'tiles.thin_above_rows': { zh: '超过 {value} 行的图层,看全县时合并成格。', en: 'Layers of more than {value} rows are gathered in cells on overviews.' },
  'tiles.thin_below_zoom': { zh: '地图级别小于 {value} 时,大图层合并成格。', en: 'Large layers are gathered in cells below zoom {value}.' },
}

interface Limit extends Named {
  readonly key: string
  readonly unit: string
}

/** A number, a text, or a table of them as "name value" after one another: never as a program writes it. */
export function valueWords(value: unknown, locale: Locale): string {
  if (typeof value === 'number') return new Intl.NumberFormat(locale, { maximumFractionDigits: 6 }).format(value)
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const parts = Array.isArray(value) ? value.map((one) => valueWords(one, locale))
    : Object.entries(value).map(([key, one]) => `${key} ${valueWords(one, locale)}`)
  return parts.join(locale === 'en' ? ', ' : '、')
}

export { unitWord as unitWords } from '@/state/units'

export function sentence(limit: Limit, value: unknown, locale: Locale): string {
  const words = valueWords(value, locale)
  const own = SENTENCES[limit.key]
  if (!own && typeof value !== 'number') return '' // a table or a text says itself what it is
  if (own) return (locale === 'en' ? own.en : own.zh).replace('{value}', words)
  const told = [words, unitWord(limit.unit, locale)].filter(Boolean).join(' ')
  return locale === 'en' ? `${limit.en}: ${told}.` : `${limit.zh}:${told}。`
}
