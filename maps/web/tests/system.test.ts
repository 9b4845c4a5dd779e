import { describe, expect, it } from 'vitest'
import { clockAheadMs, hearDate, trueNow } from '@/api/clock'
import en from '@/i18n/en/system'
import zh from '@/i18n/zh-CN/system'
import { KEY_MAP } from '@/panels/keyMap'
import { detailWords } from '@/rooms/system/auditWords'
import { sentence, valueWords } from '@/rooms/system/sentences'
import { bytes, duration } from '@/rooms/system/sizes'
import { tabsFor } from '@/rooms/system/tabs'
import { also, classFilter } from '@/rooms/township/counts'

const HOUR_MS = 3_600_000

describe('the clock', () => {
  const now = Date.parse('2026-11-25T08:00:00Z')
  it('a day ahead of the server is found out, and the time is the server\'s', () => {
    hearDate('Tue, 24 Nov 2026 08:00:00 GMT', now)
    expect(clockAheadMs()).toBe(24 * HOUR_MS)
    expect(Math.abs(Date.now() - 24 * HOUR_MS - trueNow().getTime())).toBeLessThan(1000)
  })
  it('a minute ahead is taken as right', () => {
    hearDate('Wed, 25 Nov 2026 07:59:00 GMT', now)
    expect(clockAheadMs()).toBe(0)
  })
  it('is not judged by an answer without a date', () => {
    hearDate('Tue, 24 Nov 2026 08:00:00 GMT', now)
    hearDate(null, now)
    hearDate('yesterday', now)
    expect(clockAheadMs()).toBe(24 * HOUR_MS)
    hearDate('Wed, 25 Nov 2026 08:00:00 GMT', now)
  })
})

describe('a threshold', () => {
  it('is said as the sentence it makes true', () => {
    const lock = { key: 'sign_in.max_failures', unit: 'times', zh: '', en: '' }
    expect(sentence(lock, 3, 'zh-CN')).toBe('连续输错 3 次密码,账号锁定。')
    expect(sentence(lock, 3, 'en')).toBe('After 3 wrong passwords in a row the account is locked.')
  })
  it('without a sentence of its own is said by name and unit', () => {
    const other = { key: 'rain.red', unit: 'mm', zh: '红色预警雨量', en: 'Rain of a red warning' }
    expect(sentence(other, 50, 'zh-CN')).toBe('红色预警雨量:50 mm。')
  })
  it('of several values is told name by name, in text that can wrap', () => {
    expect(valueWords({ track: 15, county: 40 }, 'zh-CN')).toBe('track 15、county 40')
    expect(valueWords(['DOWN(2000,50)', 'BUF(500)'], 'en')).toBe('DOWN(2000,50), BUF(500)')
    expect(sentence({ key: 'roads.speeds', unit: 'km/h', zh: '车速', en: 'Speeds' }, { track: 15 }, 'en')).toBe('')
  })
})

it('tells sizes and running times in the unit a person uses', () => {
  expect(bytes(0, 'en')).toBe('0 B')
  expect(bytes(1536, 'en')).toBe('1.5 KB')
  expect(bytes(68_124_007, 'en')).toBe('65 MB')
  expect(duration(2 * 86_400 + 3 * 3600 + 120, 'en')).toBe('2 days 3 hours')
  expect(duration(20, 'en')).toBe('0 minutes')
})

it('tells what was and what is in an audit entry, with the fields that were looked at', () => {
  const change = { fields: null, detail: { change: 'change', user: 'viewer', before: { scope: '' }, after: { scope: '141033' } } }
  expect(detailWords(change, 'zh-CN', (field) => field)).toBe('修改用户;范围 空 → 141033')
  const labels: Record<string, string> = { duty_phone: 'Duty phone', name: 'Name' }
  const labelOf = (field: string): string => labels[field] ?? field
  expect(detailWords({ fields: ['duty_phone', 'unheard_of'], detail: null }, 'en', labelOf)).toBe('Duty phone, unheard_of')
  expect(detailWords({ fields: null, detail: { format: 'csv', rows: 3, columns: ['name', 'duty_phone'] } }, 'en', labelOf))
    .toBe('format csv; rows 3; columns Name, Duty phone')
})

it('shows everybody the health of layers, packs, thresholds, help and the own password, the rest to the administrator', () => {
  expect(tabsFor('township').map((tab) => tab.name)).toEqual(['layers', 'packs', 'thresholds', 'account', 'help'])
  expect(tabsFor('admin')).toHaveLength(9)
})

it('asks for the rows of a township only, whatever else is asked', () => {
  expect(also('141033100', 'a is null or b is null')).toBe("admin_code LIKE '141033100%' AND (a is null or b is null)")
  expect(classFilter('141033100', 'danger_grade', null)).toBe("admin_code LIKE '141033100%' AND (danger_grade IS NULL)")
  expect(classFilter('141033100', 'grade', "o'ne")).toBe("admin_code LIKE '141033100%' AND (grade = 'o''ne')")
})

it('says the system room in both languages, with the same figures in it', () => {
  const flat = (tree: object, path = ''): [string, string][] => Object.entries(tree).flatMap(
    ([key, value]) => (typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : flat(value as object, `${path}${key}.`)),
  )
  const slots = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()
  const english = new Map(flat(en))
  expect([...english.keys()].sort()).toEqual(flat(zh).map(([key]) => key).sort())
  for (const [key, text] of flat(zh)) expect([key, slots(english.get(key) ?? '')]).toEqual([key, slots(text)])
})

it('lists every key once in its room', () => {
  for (const group of KEY_MAP) {
    const keys = group.keys.flatMap((one) => one.keys)
    expect(new Set(keys).size, group.where).toBe(keys.length)
  }
})
