/** What is in view, by the columns of points and the pieces of shapes. */
import { describe, expect, it } from 'vitest'
import type { Placed } from '@/map/picture'
import { PlacedPoints, sortedByRank, Spots, type Table } from '@/map/placing'
import { pointsOf } from '@/map/points'
import { inView } from '@/map/seen'
import type { LayerInfo } from '@/state/model'
import { shape } from './builders'

const layer = { name: 'mines', classes: [{ value: 'high', rank: 0 }, { value: 'low', rank: 1 }] } as unknown as LayerInfo
const VISIBLE = { west: 0.2, north: 0.2, east: 0.8, south: 0.8 }
const points = pointsOf([
  { ...shape('point', [0.3, 0.3]), id: '1', value: 'low', exercise: true },
  { ...shape('point', [0.4, 0.4]), id: null, value: 'low', count: 30 },
  { ...shape('point', [0.5, 0.5]), id: '2', value: 'high' },
  { ...shape('point', [0.9, 0.9]), id: '3', value: 'high' },
])

function drawn(): PlacedPoints {
  const table: Table = { layer, points, opacity: 1, looks: [], ranks: points.values.map((value) => (value === 'high' ? 0 : 1)), chosen: -1 }
  const [claims, placed] = [new Spots([table], 4), new PlacedPoints(new Spots([table], 4))]
  for (let at = 0; at < 4; at++) {
    claims.add(0, 0, 0, at)
    placed.add(claims, at, 5)
  }
  return placed
}

describe('in view', () => {
  it('counts the objects a cell stands for, and nothing outside', () => {
    const seen = inView({ shapes: [], points: drawn() }, VISIBLE)
    expect(Object.fromEntries(seen.counts)).toEqual({ mines: 32 })
    expect(seen.rows).toBe(3)
    expect(seen.hasExercise).toBe(true)
  })

  it('lists the worst first, and no more than asked for', () => {
    const seen = inView({ shapes: [], points: drawn() }, VISIBLE)
    expect(seen.list(10).map((one) => [one.id, one.value])).toEqual([['2', 'high'], ['1', 'low'], [null, 'low']])
    expect(seen.list(2).map((one) => one.id)).toEqual(['2', '1'])
  })

  it('knows an object cut by the edges of tiles as one', () => {
    const piece: Placed = { feature: shape('line', [0.3, 0.3, 0.5, 0.5]), layer, spot: null }
    const seen = inView({ shapes: [piece, { ...piece }], points: null }, VISIBLE)
    expect(seen.rows).toBe(1)
    expect(Object.fromEntries(seen.counts)).toEqual({ mines: 1 })
  })
})

it('sorts by rank and keeps equals as they stood', () => {
  expect([...sortedByRank(Int16Array.of(2, 0, 99, 0, -1, 2))]).toEqual([4, 1, 3, 0, 5, 2])
  expect([...sortedByRank(new Int16Array(0))]).toEqual([])
})
