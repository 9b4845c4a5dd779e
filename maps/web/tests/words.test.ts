import { describe, expect, it } from 'vitest'
import en from '@/i18n/en'
import zh from '@/i18n/zh-CN'
import type { FieldInfo, Locale } from '@/state/model'
import { learnUnits, unitWord } from '@/state/units'
import { age, clock, valueText } from '@/state/words'

const field = (facts: Partial<FieldInfo>): FieldInfo => ({
  name: 'x', zh: '', en: '', unit: null, kind: 'text', needed: false, restricted: false, codes: [], ...facts,
})

it('tells an age in the largest whole unit', () => {
  expect(age(20, 'zh-CN')).toBe('刚刚')
  expect(age(240, 'zh-CN')).toBe('4分钟前')
  expect(age(7300, 'en')).toBe('2 hours ago')
})

it('shows the time of Shanghai, with 24 hours', () => {
  expect(clock(new Date('2026-11-24T16:05:09Z'))).toBe('00:05:09')
})

describe('a value', () => {
  it('has its unit', () => {
    expect(valueText(field({ unit: '人' }), 1200, 'zh-CN')).toBe('1,200 人')
  })
  it('is said by the label of its code, in the language of the screen', () => {
    const codes = [{ value: 'open', zh: '启用', en: 'Open' }, { value: 'full', zh: '满', en: 'Full' }]
    expect(valueText(field({ codes }), ['open', 'full'], 'zh-CN')).toBe('启用、满')
    expect(valueText(field({ codes }), 'full', 'en')).toBe('Full')
  })
  it('is a word when it is yes or no', () => {
    expect(valueText(field({}), false, 'zh-CN')).toBe('否')
  })
})

it('says everything in both languages, with the same figures in it', () => {
  const flat = (tree: object, path = ''): [string, string][] => Object.entries(tree).flatMap(
    ([key, value]) => (typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : flat(value as object, `${path}${key}.`)),
  )
  const slots = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()
  const english = new Map(flat(en))
  for (const [key, text] of flat(zh)) expect([key, slots(english.get(key) ?? 'missing')]).toEqual([key, slots(text)])
  expect(english.size).toBe(flat(zh).length)
})

describe('a unit', () => {
  const told = (unit: string, locale: Locale, label = ''): string => unitWord(unit, locale, label)
  learnUnits(new Map([['人', { zh: '人', en: 'people' }], ['张', { zh: '张', en: '' }], ['h', { zh: '小时', en: 'h' }]]))
  it('is told in the language of the screen', () => {
    expect(told('人', 'zh-CN', '容量')).toBe('人')
    expect(told('人', 'en', 'Capacity')).toBe('people')
    expect(valueText(field({ unit: '张', en: 'Beds' }), 30, 'en')).toBe('30')
    expect(valueText(field({ unit: '张', zh: '床位' }), 30, 'zh-CN')).toBe('30 张')
  })
  it('that is a symbol is the same in every language', () => {
    expect(told('km²', 'en')).toBe('km²')
  })
  it('is not said again by the label beside it, and no letter of a word is taken for it', () => {
    expect(told('人', 'en', 'People threatened')).toBe('')
    expect(told('h', 'en', 'Households')).toBe('h')
  })
})
