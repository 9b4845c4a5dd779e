import { describe, expect, it } from 'vitest'
import { carriedByMerge, carriedTo, carriesOfCut, carriesOfMerge } from '@/state/editCarry'
import { breachOf, isChanged, patchOf, type EditEntry, type EditField, type EditForm } from '@/state/editContent'
import { entriesOf, joinedRows, rowsOf, valueOfRows } from '@/state/editRows'
import { shapeAreaM2, type Shape } from '@/map/shapes'
import type { Value } from '@/state/model'

const field = (name: string, more: Partial<EditField> = {}): EditField => ({
  name, zh: name, en: name, unit: null, kind: 'text', needed: false, restricted: false, codes: [], widget: 'text', help: { zh: '', en: '' },
  rule: { zh: '', en: '' }, limits: {}, need: '', required: false, preset: null, ref: null, geometry: null, entry: null, ...more,
})
const entry: EditEntry = { key: { zh: '编码', en: 'Code' }, most: 3, fields: [field('name', { required: true }), field('qty', { kind: 'number', limits: { ge: 0 } })] }
const stock = field('stock', { kind: 'object', entry })
const zone = field('danger_zone', { kind: 'geometry', geometry: 'MultiPolygon' })
const route = field('route', { kind: 'geometry', geometry: 'LineString' })
const form: EditForm = { layer: 'x', help: { zh: '', en: '' }, rules: {}, groups: [{ name: 'own', zh: '', en: '', fields: [stock, zone, route] }] }

const square = (west: number, south: number, east: number, north: number): Shape => ({
  type: 'MultiPolygon', coordinates: [[[[west, south], [east, south], [east, north], [west, north], [west, south]]]],
})
const asValue = (shape: Shape): Value => shape as unknown as Value

describe('rows of a small list', () => {
  const stored = { b: { name: 'B', qty: 2 }, a: { name: 'A' } }

  it('stand in the order of their keys until a hand has ordered them', () => {
    expect(rowsOf(stored).map(({ key }) => key)).toEqual(['a', 'b'])
    expect(entriesOf(valueOfRows(rowsOf(stored)))).toEqual(stored)
  })

  it('come back in the order they were moved to', () => {
    const moved = entriesOf(valueOfRows([...rowsOf(stored)].reverse()))
    expect(moved).toEqual({ b: { name: 'B', qty: 2, place: 1 }, a: { name: 'A', place: 2 } })
    expect(rowsOf(moved).map(({ key }) => key)).toEqual(['b', 'a'])
  })

  it('are no change while they say the same', () => {
    expect(isChanged(form, { properties: { stock: stored }, shape: null }, { properties: { stock: valueOfRows(rowsOf(stored)) }, shape: null })).toBe(false)
  })

  it('are sent as the register keeps them, and as nothing when the last is removed', () => {
    const before = { properties: { stock: stored }, shape: null }
    expect(patchOf(form, before, { properties: { stock: valueOfRows([{ key: ' c ', cells: { name: 'C' } }]) }, shape: null }).properties).toEqual({ stock: { c: { name: 'C' } } })
    expect(patchOf(form, before, { properties: { stock: valueOfRows([]) }, shape: null }).properties).toEqual({ stock: null })
  })

  it.each([
    ['no key', [{ key: ' ', cells: { name: 'A' } }]],
    ['one key twice', [{ key: 'a', cells: { name: 'A' } }, { key: 'a ', cells: { name: 'B' } }]],
    ['a needed cell empty', [{ key: 'a', cells: {} }]],
    ['a cell against its rule', [{ key: 'a', cells: { name: 'A', qty: -1 } }]],
    ['too many', ['a', 'b', 'c', 'd'].map((key) => ({ key, cells: { name: key } }))],
  ])('are not sent with %s', (_what, rows) => {
    expect(breachOf(stock, valueOfRows(rows))).toBe('rows')
  })

  it('put together keep every row, with a number behind a key that was taken', () => {
    expect(joinedRows([stored, { a: { name: 'other A' } }]).map(({ key, cells }) => [key, cells.name])).toEqual([['a', 'A'], ['b', 'B'], ['a-2', 'other A']])
  })
})

describe('what a cut does with second shapes and lists', () => {
  const pieces = [square(0, 0, 1, 1), square(1, 0, 2, 1)]
  const blade = [[1, -1], [1, 2]] as const
  const properties = { stock: { a: { name: 'A' } }, danger_zone: asValue(square(0.5, 0, 2.5, 1)), route: { type: 'LineString', coordinates: [[0, 0], [2, 1]] } as unknown as Value }

  it('cuts an area by the same line and loses none of it', () => {
    const carries = carriesOfCut(form, properties, pieces, blade)
    const parts = [0, 1].map((index) => carriedTo(index, carries, properties).danger_zone as unknown as Shape)
    expect(parts.map(shapeAreaM2).reduce((sum, m2) => sum + m2, 0) / shapeAreaM2(square(0.5, 0, 2.5, 1))).toBeCloseTo(1, 3)
    expect(Math.max(...(parts[0]?.coordinates as number[][][][]).flat(2).map(([lon]) => lon as number))).toBe(1)
  })

  it('leaves a line and a list with the first piece unless told otherwise', () => {
    const carries = carriesOfCut(form, properties, pieces, blade)
    expect(carriedTo(1, carries, properties)).toMatchObject({ stock: null, route: null })
    const all = carries.map((one) => ({ ...one, way: 'all' as const }))
    expect(carriedTo(1, all, properties)).toMatchObject({ stock: properties.stock, route: properties.route })
  })

  it('offers no cut of an area that lies with the first piece only', () => {
    const [own] = carriesOfCut(form, { danger_zone: asValue(square(0, 0, 0.5, 1)) }, pieces, blade)
    expect(own?.ways).toEqual(['first', 'all'])
  })
})

describe('what a merge does with them', () => {
  it('puts areas and lists together', () => {
    const carries = carriesOfMerge(form, { danger_zone: asValue(square(0, 0, 1, 1)), stock: { a: { name: 'A' } } }, [{ danger_zone: asValue(square(1, 0, 2, 1)), stock: { a: { name: 'B' } } }])
    const made = carriedByMerge(carries)
    expect(shapeAreaM2(made.danger_zone as unknown as Shape)).toBeCloseTo(shapeAreaM2(square(0, 0, 2, 1)), -2)
    expect(made.stock).toEqual({ a: { name: 'A' }, 'a-2': { name: 'B' } })
  })

  it('takes the only line there is, and says how many are given up where there are two', () => {
    const line = { type: 'LineString', coordinates: [[0, 0], [1, 1]] } as unknown as Value
    expect(carriedByMerge(carriesOfMerge(form, {}, [{ route: line }]))).toEqual({ route: line })
    const [two] = carriesOfMerge(form, { route: line }, [{ route: line }])
    expect([two?.ways, two?.givenUp]).toEqual([['keeper'], 1])
  })

  it('asks nothing where the others have nothing', () => {
    expect(carriesOfMerge(form, { stock: { a: { name: 'A' } } }, [{}])).toEqual([])
  })
})
