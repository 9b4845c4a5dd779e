/** What a threshold makes the system do, as a sentence: shown before a change is kept. */
import type { Locale, Named } from '@/state/model'

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

export function valueWords(value: unknown, locale: Locale): string {
  return typeof value === 'number' ? new Intl.NumberFormat(locale, { maximumFractionDigits: 6 }).format(value) : JSON.stringify(value)
}

const UNITS: Readonly<Record<string, Named>> = {
  times: { zh: '次', en: 'times' }, min: { zh: '分钟', en: 'minutes' }, d: { zh: '天', en: 'days' }, byte: { zh: '字节', en: 'bytes' },
  vertex: { zh: '个顶点', en: 'vertices' }, row: { zh: '行', en: 'rows' }, zoom: { zh: '级', en: 'zoom' },
}

/** The unit in the screen's language; one that is not a word (m, mm/h) stays as it is. */
export const unitWords = (unit: string, locale: Locale): string => UNITS[unit]?.[locale === 'en' ? 'en' : 'zh'] ?? unit

export function sentence(limit: Limit, value: unknown, locale: Locale): string {
  const words = valueWords(value, locale)
  const own = SENTENCES[limit.key]
  if (own) return (locale === 'en' ? own.en : own.zh).replace('{value}', words)
  return locale === 'en' ? `${limit.en}: ${words} ${unitWords(limit.unit, locale)}.` : `${limit.zh}:${words} ${unitWords(limit.unit, locale)}。`
}
