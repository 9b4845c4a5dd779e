/** The details of an audit entry as a person reads them. */
import type { AuditEntry } from '@/api/system'
import type { Locale } from '@/state/model'

export const ACTIONS = [
  'insert', 'update', 'delete', 'restore', 'bulk', 'look', 'search', 'export', 'user', 'threshold', 'password', 'sign_in', 'sign_in_failed', 'lock', 'sign_out',
  'token_reuse',
] as const

type Words = Readonly<Record<string, readonly [zh: string, en: string]>>

const CHANGES: Words = {
  add: ['新建用户', 'New user'], change: ['修改用户', 'Changed user'], password: ['发新密码', 'New password for'], unlock: ['解锁', 'Unlocked'],
  disable: ['停用', 'Disabled'], enable: ['启用', 'Enabled'],
}
const FACTS: Words = {
  name: ['姓名', 'name'], role: ['角色', 'role'], scope: ['范围', 'scope'], bureau: ['部门', 'bureau'], disabled: ['停用', 'disabled'], value: ['值', 'value'],
  basis: ['依据', 'basis'], valid_from: ['生效', 'valid from'], key: ['阈值', 'threshold'], format: ['格式', 'format'], rows: ['行数', 'rows'],
  columns: ['列', 'columns'], failures: ['连错次数', 'failures'], admin_code: ['区划代码', 'division code'], counties: ['县', 'counties'], field: ['字段', 'field'],
}
/** Facts whose values are names of fields. */
const FIELDS = new Set(['columns', 'field'])
const NOTHING: Readonly<Record<Locale, string>> = { 'zh-CN': '空', en: 'empty' }

const one = (words: Words, key: string, locale: Locale): string => words[key]?.[locale === 'en' ? 1 : 0] ?? key
const facts = (value: unknown): Readonly<Record<string, unknown>> | null =>
  (value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : null)

function text(value: unknown, locale: Locale): string {
  if (value === null || value === undefined || value === '') return NOTHING[locale]
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Words of a field of the entry's layer; the field's own name where they are not known. */
export type LabelOf = (field: string) => string

/** "范围 141033100 → 141033": what was, what is. */
function differences(before: unknown, after: unknown, locale: Locale): string[] {
  const [was, is] = [facts(before), facts(after)]
  const keys = [...new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})])]
  return keys.map((key) => {
    const now = text(is?.[key], locale)
    return was ? `${one(FACTS, key, locale)} ${text(was[key], locale)} → ${now}` : `${one(FACTS, key, locale)} ${now}`
  })
}

export function detailWords(entry: Pick<AuditEntry, 'fields' | 'detail'>, locale: Locale, labelOf: LabelOf): string {
  const { change, before, after, user, ...rest } = entry.detail ?? {}
  const comma = locale === 'en' ? ', ' : '、'
  const listed = (fields: readonly unknown[]): string => fields.map((field) => labelOf(String(field))).join(comma)
  const fact = (key: string, value: unknown): string =>
    (FIELDS.has(key) ? listed([value].flat()) : Array.isArray(value) ? value.map((each) => text(each, locale)).join(comma) : text(value, locale))
  const parts = [
    ...(typeof change === 'string' ? [one(CHANGES, change, locale)] : []),
    ...differences(before, after, locale),
    ...Object.entries(rest).map(([key, value]) => `${one(FACTS, key, locale)} ${fact(key, value)}`),
    ...(entry.fields && entry.fields.length > 0 ? [listed(entry.fields)] : []),
  ]
  void user // shown as the object of the entry
  return parts.join(locale === 'en' ? '; ' : ';')
}
