import { describe, expect, it } from 'vitest'
import { decode, type DecodedTile, type TileFeature } from '@/map/decode'
import { tileBytes } from './builders'

const SPOT = { z: 1, x: 1, y: 0 } // the world's north-east quarter
const point = (x: number, y: number, properties = {}) => ({ type: 1 as const, parts: [[[x, y]]] as never, properties })

const pointsIn = ({ points }: DecodedTile): TileFeature[] => Array.from({ length: points.length }, (_, at) => points.feature(at))

describe('a tile', () => {
  it('places its points on the world', () => {
    const tile = decode(tileBytes('mines', [point(2048, 1024, { id: 7, name: '一矿' })]), 'mines', null, SPOT)
    expect(tile.points).toMatchObject({ length: 1, x: { 0: 0.75 }, y: { 0: 0.125 }, ids: { 0: 7 }, counts: { 0: 1 } })
    expect(pointsIn(tile)[0]).toMatchObject({ id: '7', name: '一矿', count: 1, box: { west: 0.75, north: 0.125 } })
  })

  it('leaves the points of its margin to the neighbour', () => {
    const drawn = [point(-10, 5), point(4096, 5), point(4095, 5), point(0, 0)]
    expect(decode(tileBytes('mines', drawn), 'mines', null, SPOT).points).toHaveLength(2)
  })

  it('knows a cell of many from the cell of one', () => {
    const drawn = [point(1, 1, { id: 3, count: 12, worst: 'high' }), point(9, 9, { id: 4, count: 1, worst: 'low' })]
    const tile = decode(tileBytes('mines', drawn), 'mines', 'grade', SPOT)
    const [many, one] = pointsIn(tile)
    expect([...tile.points.ids.subarray(0, 2)]).toEqual([NaN, 4])
    expect([...tile.points.counts.subarray(0, 2)]).toEqual([12, 1])
    expect(many).toMatchObject({ id: null, count: 12, value: 'high' })
    expect(one).toMatchObject({ id: '4', count: 1, value: 'low' })
  })

  it('reads the value the legend goes by and the exercise mark', () => {
    const tile = decode(tileBytes('mines', [point(1, 1, { id: 3, grade: 'high', exercise: true })]), 'mines', 'grade', SPOT)
    expect(tile.points).toMatchObject({ values: ['high'], grades: { 0: 0 }, exercise: { 0: 1 } })
    expect(pointsIn(tile)[0]).toMatchObject({ value: 'high', exercise: true })
  })

  it('draws no outline where only the tile cut the area', () => {
    const ring = [[100, 100], [5000, 100], [5000, 900], [100, 900]] as never
    const [area] = decode(tileBytes('mines', [{ type: 3, parts: [ring], properties: {} }]), 'mines', null, SPOT).features
    const ends = area?.outline.map((piece) => [piece[0], piece[1], piece.at(-2), piece.at(-1)])
    const at = (x: number, y: number) => [0.5 + x / 8192, y / 8192]
    expect(ends).toEqual([[...at(100, 100), ...at(5000, 100)], [...at(5000, 900), ...at(100, 100)]])
  })

  it('keeps points apart from lines and areas', () => {
    const line = { type: 2 as const, parts: [[[0, 0], [4096, 2048]], [[10, 10], [20, 20]]] as never, properties: { name: '沟' } }
    const tile = decode(tileBytes('mines', [point(1, 1), line, point(9, 9)]), 'mines', null, SPOT)
    expect(tile.points).toHaveLength(2)
    expect(tile.features).toMatchObject([{ shape: 'line', name: '沟', box: { west: 0.5, north: 0, east: 1, south: 0.25 } }])
    expect(tile.features[0]?.parts.map((part) => [...part])).toEqual([
      [0.5, 0, 1, 0.25], [0.5 + 10 / 8192, 10 / 8192, 0.5 + 20 / 8192, 20 / 8192],
    ])
  })

  it('is empty when it holds another layer', () => {
    const tile = decode(tileBytes('roads', [point(1, 1)]), 'mines', null, SPOT)
    expect([tile.features.length, tile.points.length]).toEqual([0, 0])
  })

  it('refuses bytes that are no tile', () => {
    const page = new TextEncoder().encode('<html>away</html>').buffer as ArrayBuffer
    expect(() => decode(page, 'mines', null, SPOT)).toThrow()
  })
})
