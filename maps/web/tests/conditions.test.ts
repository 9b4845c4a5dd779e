import { describe, expect, it } from 'vitest'
import {
  conditionOn, cqlOf, isComplete, NOTHING_ASKED, typedCondition, typedText, withCondition, withoutField, type Condition, type Group,
} from '@/rooms/data/conditions'
import { conditionsOf } from '@/rooms/data/reading'
import type { FieldInfo } from '@/state/model'

const field = (name: string, kind: string, codes: readonly string[] = []): FieldInfo => ({
  name, zh: name, en: name, unit: null, kind, needed: false, restricted: false,
  codes: codes.map((value) => ({ value, zh: value, en: value })),
} as FieldInfo)

const FIELDS = new Map([
  field('name', 'text'), field('admin_code', 'text'), field('grade', 'text', ['i', 'ii']), field('people', 'integer'),
  field('surveyed_on', 'date'), field('updated_at', 'timestamp'), field('needs_carrying', 'boolean'),
  field('triggers', 'array', ['rain', 'quake']),
].map((one) => [one.name, one]))

const condition = (name: string, operator: Condition['operator'], ...values: string[]): Condition =>
  ({ kind: 'condition', field: name, operator, values })
const all = (...parts: Group['parts']): Group => ({ kind: 'group', join: 'and', parts })
const any = (...parts: Group['parts']): Group => ({ kind: 'group', join: 'or', parts })

const SENTENCES: readonly (readonly [string, Group, string])[] = [
  ['part of a text', all(condition('name', 'has', "李'家")), "CASEI(name) LIKE CASEI('%李''家%')"],
  ['a percent sign is itself', all(condition('name', 'has', '5%')), "CASEI(name) LIKE CASEI('%5\\%%')"],
  ['one of two codes', all(condition('grade', 'in', 'i', 'ii')), "grade IN ('i', 'ii')"],
  ['one township with its villages', all(condition('admin_code', 'in', '141033100')), "admin_code LIKE '141033100%'"],
  ['two townships', all(condition('admin_code', 'in', '141033100', '141033101')),
    "(admin_code LIKE '141033100%' OR admin_code LIKE '141033101%')"],
  ['numbers', all(condition('people', 'between', '3', '8')), 'people BETWEEN 3 AND 8'],
  ['days', all(condition('surveyed_on', 'ge', '2026-01-01')), "surveyed_on >= DATE('2026-01-01')"],
  ['moments begin at midnight in China', all(condition('updated_at', 'ge', '2026-01-01')),
    "updated_at >= TIMESTAMP('2026-01-01T00:00:00+08:00')"],
  ['yes', all(condition('needs_carrying', 'eq', 'true')), 'needs_carrying = TRUE'],
  ['lists', all(condition('triggers', 'has', 'rain')), "A_CONTAINS(triggers, ('rain'))"],
  ['not filled in', all(condition('people', 'empty')), 'people IS NULL'],
  ['groups', all(condition('people', 'ge', '4'), any(condition('grade', 'in', 'i'), condition('grade', 'empty'))),
    "people >= 4 AND (grade = 'i' OR grade IS NULL)"],
  ['a box', all({ kind: 'within', box: [111, 36, 111.5, 36.5] }), 'S_INTERSECTS(geom, BBOX(111, 36, 111.5, 36.5))'],
]

describe('what a person asks', () => {
  it.each(SENTENCES)('%s is written as CQL2', (_words, group, text) => {
    expect(cqlOf(group, FIELDS)).toBe(text)
  })

  it.each(SENTENCES)('%s is read back from its text', (_words, group, text) => {
    const read = conditionsOf(text, FIELDS)
    expect(read).not.toBeNull()
    expect(cqlOf(read ?? NOTHING_ASKED, FIELDS)).toBe(text)
    expect(read).toEqual(group)
  })

  it('leaves out what is not complete', () => {
    expect(cqlOf(all(condition('people', 'ge', ''), condition('people', 'between', '1'), condition('grade', 'in')), FIELDS)).toBeNull()
    expect(isComplete(condition('surveyed_on', 'eq', '2026-13-40'), FIELDS.get('surveyed_on'))).toBe(false)
  })

  it('stays text when it says more than the builder shows', () => {
    for (const text of ['people + 1 > 3', "name LIKE '%a_b%'", "a = 1", 'people > 1 AND people < 5 OR people = 9', 'people >']) {
      expect(conditionsOf(text, FIELDS)).toBeNull()
    }
  })
})

describe('typing above a column', () => {
  it('reads comparisons, ranges and parts of texts', () => {
    const people = FIELDS.get('people') as FieldInfo
    expect(typedCondition(people, '>=5')).toEqual(condition('people', 'ge', '5'))
    expect(typedCondition(people, '3..8')).toEqual(condition('people', 'between', '3', '8'))
    expect(typedCondition(people, '五')).toBeNull()
    expect(typedCondition(FIELDS.get('name') as FieldInfo, ' 黑龙关 ')).toEqual(condition('name', 'has', '黑龙关'))
    expect(typedText(condition('people', 'between', '3', '8'))).toBe('3..8')
  })

  it('replaces the condition of the same field and keeps the others', () => {
    const before = withCondition(withCondition(NOTHING_ASKED, condition('people', 'ge', '5')), condition('grade', 'in', 'i'))
    const after = withCondition(before, condition('people', 'lt', '2'))
    expect(cqlOf(after, FIELDS)).toBe("grade = 'i' AND people < 2")
    expect(conditionOn(after, 'people')?.operator).toBe('lt')
    expect(cqlOf(withoutField(after, 'people'), FIELDS)).toBe("grade = 'i'")
  })

  it('narrows what an or-group asks instead of widening it', () => {
    const before = any(condition('people', 'ge', '5'), condition('people', 'empty'))
    expect(cqlOf(withCondition(before, condition('grade', 'in', 'i')), FIELDS)).toBe("(people >= 5 OR people IS NULL) AND grade = 'i'")
  })
})
