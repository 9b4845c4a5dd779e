import { describe, expect, it } from 'vitest'
import {
  breachOf, conflictOf, fieldsAsked, numberTyped, patchOf, reconciled, Stack, type Content, type EditField, type EditForm, type Stored,
} from '@/state/editContent'

const field = (name: string, more: Partial<EditField> = {}): EditField => ({
  name, zh: name, en: name, unit: null, kind: 'text', needed: false, restricted: false, codes: [], widget: 'text', help: { zh: '', en: '' },
  rule: { zh: '', en: '' }, limits: {}, need: '', required: false, preset: null, ref: null, geometry: null, entry: null, ...more,
})
const form: EditForm = {
  layer: 'geohazards', help: { zh: '', en: '' }, rules: { fewer: 'threat_people >= threat_households' },
  groups: [{ name: 'own', zh: '', en: '', fields: [
    field('name'), field('note'), field('coord_raw'), field('threat_people', { kind: 'integer' }), field('threat_households', { kind: 'integer' }),
  ] }],
}
const point = (lon: number): Content['shape'] => ({ type: 'Point', coordinates: [lon, 36] })
const content = (properties: Content['properties'], lon = 111): Content => ({ properties, shape: point(lon) })
const stored = (properties: Content['properties'], lon = 111, version = 2): Stored =>
  ({ ...content(properties, lon), id: '1', version, questions: [] })

describe('undo', () => {
  it('goes back over fields and shape alike, and forward again', () => {
    const first = content({ name: 'A' })
    const stack = Stack.from(first).change(content({ name: 'B' })).change(content({ name: 'B' }, 112))
    expect(stack.undo().now.shape).toEqual(point(111))
    expect(stack.undo().undo().now).toBe(first)
    expect(stack.undo().undo().redo().redo().now).toBe(stack.now)
  })
  it('takes typing into one field as one step', () => {
    const stack = Stack.from(content({})).change(content({ name: '一' }), 'field name').change(content({ name: '一村' }), 'field name')
    expect(stack.undo().now.properties).toEqual({})
  })
})

describe('what is sent', () => {
  it('is what changed only; an emptied field is null, empty text and nothing are the same', () => {
    const before = content({ name: 'A', note: '旧', coord_raw: null })
    expect(patchOf(form, before, content({ name: 'A', note: '', coord_raw: '' }))).toEqual({ properties: { note: null } })
  })
})

describe('two people', () => {
  const before = content({ name: 'A', note: '旧', coord_raw: '111,36' })
  it('choose only where both changed to something different', () => {
    const conflict = conflictOf(form, before, content({ name: 'B', note: '甲' }), stored({ name: 'A', note: '乙', coord_raw: '111,36', threat_people: 3 }))
    expect(conflict.both).toEqual(['note'])
    expect(conflict.onlyMine).toEqual(['name', 'coord_raw'])
    expect(conflict.onlyTheirs).toEqual(['threat_people'])
    expect(reconciled(conflict, { note: 'theirs' }).properties).toMatchObject({ name: 'B', note: '乙', threat_people: 3 })
    expect(reconciled(conflict, { note: 'mine' }).properties.note).toBe('甲')
  })
  it('who chooses a place chooses how it was taken', () => {
    const mine = content({ name: 'A', note: '旧', coord_raw: '112,36' }, 112)
    const conflict = conflictOf(form, before, mine, stored({ name: 'A', note: '旧', coord_raw: '113,36' }, 113))
    expect(conflict.both).toEqual(['geometry'])
    expect(reconciled(conflict, { geometry: 'mine' })).toMatchObject({ properties: { coord_raw: '112,36' }, shape: point(112) })
    expect(reconciled(conflict, { geometry: 'theirs' })).toMatchObject({ properties: { coord_raw: '113,36' }, shape: point(113) })
  })
})

describe('rules said early', () => {
  const size = field('size', { kind: 'number', limits: { ge: 0, le: 10 } })
  it('numbers as people type them', () => {
    expect(numberTyped('1,２３４.5')).toBe(1234.5)
    expect(numberTyped('')).toBeNull()
    expect(breachOf(size, numberTyped('约3'))).toBe('number')
    expect(breachOf(size, 11)).toBe('high')
    expect(breachOf(size, 0)).toBeNull()
  })
  it('a required field is not empty, an optional one may be', () => {
    expect(breachOf(field('code', { required: true }), '')).toBe('required')
    expect(breachOf(field('code', { limits: { pattern: '^\\d{3}$' } }), '12')).toBe('form')
    expect(breachOf(field('code'), null)).toBeNull()
  })
  it('a question is asked at the fields its rule speaks of', () => {
    expect(fieldsAsked(form, { check: 'fewer', field: null, zh: '', en: '' }).map(({ name }) => name)).toEqual(['threat_people', 'threat_households'])
  })
})
