/** What the analysis room makes of a description and of an answer. */
import { describe, expect, it } from 'vitest'
import type { Listing } from '@/api/processes'
import { applying, given, withDefaults } from '@/rooms/analysis/applying'
import { cellText, sizeFor } from '@/rooms/analysis/cells'
import { columnsOf } from '@/rooms/analysis/columns'
import { asked, askedWithin, inOrder } from '@/rooms/analysis/kinds'
import { shadesOf } from '@/state/analysis'
import { shapesIn } from '@/state/asked'

const input = (schema: object, words: object = {}, minOccurs = 0): Parameters<typeof asked>[1] => ({ minOccurs, schema, 'x-words': words })
const square: GeoJSON.Polygon = { type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] }
const list = (names: readonly string[], rows: number): Listing => ({
  name: 'list', title: { zh: '表', en: 'List' }, columns: names.map((name) => ({ name, zh: name, en: name, unit: '' })),
  features: { type: 'FeatureCollection', features: Array.from({ length: rows }, () => ({ type: 'Feature', geometry: square, properties: {} })) },
})

describe('a parameter', () => {
  it.each([
    ['choice', { type: 'string' }, { codes_of: 'rescue_teams.skills' }],
    ['choices', { type: 'array', items: { type: 'string' } }, { codes_of: 'rescue_teams.skills' }],
    ['texts', { type: 'array', items: { type: 'string' } }, {}],
    ['parts', { type: 'array', items: { type: 'object', properties: {} } }, {}],
    ['amounts', { type: 'object', additionalProperties: { type: 'number' } }, {}],
    ['byLayer', { type: 'object', additionalProperties: { type: 'string' } }, {}],
    ['layers', { type: 'array', items: { type: 'string' } }, { pick: 'layer' }],
    ['number', { anyOf: [{ type: 'number' }, { type: 'null' }], default: null }, {}],
  ])('is asked for as %s', (kind, schema, words) => {
    expect(asked('one', input(schema, words)).kind).toBe(kind)
  })
  it('keeps which of its parts are needed', () => {
    const lines = asked('lines', input({ type: 'array', items: { type: 'object', required: ['qty'], properties: { item: { type: 'string' }, qty: { type: 'number' } } } }))
    expect(askedWithin(lines).map((one) => [one.name, one.isNeeded])).toEqual([['item', false], ['qty', true]])
  })
  it('comes first when it is needed, then where, then how', () => {
    const all = [asked('how', input({ type: 'number' })), asked('avoid', input({ type: 'array' }, { pick: 'areas' })), asked('from', input({}, { pick: 'place' }, 1))]
    expect(inOrder(all).map((one) => one.name)).toEqual(['from', 'avoid', 'how'])
  })
})

describe('a form', () => {
  const code = asked('code', input({ type: 'string', enum: ['POLY', 'BUF'], default: 'POLY' }))
  const radius = asked('radius_m', input({ type: 'number' }, { when: { code: ['BUF'] }, needed: true }))
  const layer = asked('layer', input({ type: 'string' }, { pick: 'layer' }))
  const filter = asked('filter', input({ type: 'string' }, { when: { layer: true } }))
  const shape = asked('geometry', input({ type: 'object' }, { pick: 'area', when: { layer: false } }))
  const size = asked('size', input({ type: 'number', default: 1 }, { when: { radius_m: true } }))
  const need = asked('need', input({ type: 'object', properties: { places: { type: 'integer', when: { layer: ['shelters'] } }, states: { type: 'string' } } }))
  const all = [code, radius, layer, filter, shape, size, need]
  const names = (values: Record<string, unknown>): readonly string[] => applying(all, values).map((one) => one.name)

  it('shows what applies with what is chosen, defaults included', () => {
    expect(names({})).toEqual(['code', 'layer', 'geometry', 'need'])
    expect(names({ code: 'BUF', layer: 'depots' })).toEqual(['code', 'radius_m', 'layer', 'filter', 'need'])
  })
  it('shows nothing for the sake of what does not apply itself', () => {
    expect(names({ code: 'BUF', radius_m: 5 })).toContain('size')
    expect(names({ code: 'POLY', radius_m: 5 })).not.toContain('size')
  })
  it('sends only what it shows, and keeps the rest', () => {
    const values = { code: 'POLY', radius_m: 200, layer: 'depots', filter: 'true', geometry: square, need: { places: 5, states: 'open' } }
    expect(given(all, values, askedWithin)).toEqual({ code: 'POLY', layer: 'depots', filter: 'true', need: { states: 'open' } })
    expect(given(all, { ...values, code: 'BUF', layer: 'shelters' }, askedWithin)).toMatchObject({ radius_m: 200, need: { places: 5 } })
  })
  it('tells the parts of a parameter what stands beside them', () => {
    expect(applying(askedWithin(need), {}, withDefaults(all, { layer: 'shelters' })).map((one) => one.name)).toEqual(['places', 'states'])
    expect(applying(askedWithin(need), {}, withDefaults(all, {})).map((one) => one.name)).toEqual(['states'])
  })
  it('asks for what a choice needs after the choice', () => {
    expect(inOrder([radius, layer, code]).map((one) => one.name)).toEqual(['layer', 'radius_m', 'code'])
    expect(radius.isNeeded).toBe(true)
  })
})

describe('a list', () => {
  it('shows no ids of rows that open', () => {
    const rows = { type: 'FeatureCollection', features: [{ type: 'Feature', geometry: square, properties: { layer: 'roads', id: '7' } }] } as const
    const names = ['name', 'why', 'layer', 'id']
    expect(columnsOf({ ...list(names, 1), features: { ...rows, features: [...rows.features] } }).map((one) => one.name)).toEqual(['name', 'why'])
    expect(columnsOf(list(names, 1)).map((one) => one.name)).toEqual(names)
  })
  it('shows words in the language of the reader, also several in one cell', () => {
    const words = { zh: '待命', en: 'Ready' }
    expect([cellText(words, 'zh-CN'), cellText(words, 'en')]).toEqual(['待命', 'Ready'])
    expect([cellText([words, '甲'], 'zh-CN'), cellText([words, 'A'], 'en')]).toEqual(['待命、甲', 'Ready, A'])
    expect(cellText({ zh: '', en: '' }, 'en')).toBe('—')
  })
  it('shows beside the answer what was pointed at or drawn, in lines of a demand too', () => {
    const point = { type: 'Point', coordinates: [111, 36] }
    const inputs = { from: point, avoid: [square, { layer: 'risk_zones' }], lines: [{ place: point, qty: 2 }], minutes: [10, 20] }
    expect(shapesIn(inputs).features.map(({ geometry }) => geometry.type)).toEqual(['Point', 'Polygon', 'Point'])
    expect(shapesIn(undefined).features).toEqual([])
  })
  it('of classes has a shade for each, the last one full; things of their own have one colour', () => {
    const shades = shadesOf(list(['band'], 4), '#1f7a86')
    expect(new Set(shades).size).toBe(4)
    expect(shades?.at(-1)).toBe('#1f7a86')
    expect(shadesOf(list(['code', 'band'], 4), '#1f7a86')).toBeNull()
    expect(shadesOf(list(['band'], 40), '#1f7a86')).toBeNull()
  })
})

it('tells large areas in km², others in m²', () => {
  expect(352_191_790 / sizeFor('m²', 352_191_790).per).toBeCloseTo(352.19)
  expect(sizeFor('m²', 352_191_790).unit).toBe('km²')
  expect(sizeFor('m²', 9_999_999)).toEqual({ unit: 'm²', per: 1 })
  expect(sizeFor('m', 50_000_000)).toEqual({ unit: 'm', per: 1 })
})
