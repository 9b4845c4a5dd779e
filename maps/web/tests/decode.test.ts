import { describe, expect, it } from 'vitest'
import { decode } from '@/map/decode'
import { tileBytes } from './builders'

const SPOT = { z: 1, x: 1, y: 0 } // the world's north-east quarter
const point = (x: number, y: number, properties = {}) => ({ type: 1 as const, parts: [[[x, y]]] as never, properties })

describe('a tile', () => {
  it('places its points on the world', () => {
    const tile = decode(tileBytes('mines', [point(2048, 1024, { id: 7, name: '一矿' })]), 'mines', null, SPOT)
    expect(tile.features).toHaveLength(1)
    expect(tile.features[0]).toMatchObject({ id: '7', name: '一矿', count: 1, box: { west: 0.75, north: 0.125 } })
  })

  it('leaves the points of its margin to the neighbour', () => {
    const drawn = [point(-10, 5), point(4096, 5), point(4095, 5), point(0, 0)]
    expect(decode(tileBytes('mines', drawn), 'mines', null, SPOT).features).toHaveLength(2)
  })

  it('knows a cell of many from the cell of one', () => {
    const drawn = [point(1, 1, { id: 3, count: 12, worst: 'high' }), point(9, 9, { id: 4, count: 1, worst: 'low' })]
    const [many, one] = decode(tileBytes('mines', drawn), 'mines', 'grade', SPOT).features
    expect(many).toMatchObject({ id: null, count: 12, value: 'high' })
    expect(one).toMatchObject({ id: '4', count: 1, value: 'low' })
  })

  it('reads the value the legend goes by and the exercise mark', () => {
    const [one] = decode(tileBytes('mines', [point(1, 1, { id: 3, grade: 'high', exercise: true })]), 'mines', 'grade', SPOT).features
    expect(one).toMatchObject({ value: 'high', exercise: true })
  })

  it('draws no outline where only the tile cut the area', () => {
    const ring = [[100, 100], [5000, 100], [5000, 900], [100, 900]] as never
    const [area] = decode(tileBytes('mines', [{ type: 3, parts: [ring], properties: {} }]), 'mines', null, SPOT).features
    const ends = area?.outline.map((piece) => [piece[0], piece[1], piece.at(-2), piece.at(-1)])
    const at = (x: number, y: number) => [0.5 + x / 8192, y / 8192]
    expect(ends).toEqual([[...at(100, 100), ...at(5000, 100)], [...at(5000, 900), ...at(100, 100)]])
  })

  it('is empty when it holds another layer', () => {
    expect(decode(tileBytes('roads', [point(1, 1)]), 'mines', null, SPOT).features).toEqual([])
  })
})
