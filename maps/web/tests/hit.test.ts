import { expect, it } from 'vitest'
import { awayFromLine, hitAt, isInside } from '@/map/hit'
import type { Placed } from '@/map/picture'
import { PlacedPoints, Spots, type Table } from '@/map/placing'
import { pointsOf } from '@/map/points'
import type { LayerInfo } from '@/state/model'
import { shape } from './builders'

const GRID = { worldPx: 100, leftPx: 0, topPx: 0 } // one world coordinate is a hundred pixels
const layer = { name: 'mines' } as LayerInfo
const square = (from: number, to: number): number[] => [from, from, to, from, to, to, from, to, from, from]
const area = (...rings: number[][]): Placed => ({ feature: shape('polygon', ...rings), layer, spot: null })

/** Points placed where they are, one above the other as they come, each with a symbol reaching 12 pixels. */
function placed(...places: [number, number][]): PlacedPoints {
  const points = pointsOf(places.map(([x, y], at) => ({ ...shape('point', [x / 100, y / 100]), id: String(at) })))
  const table: Table = { layer, points, opacity: 1, looks: [], ranks: [99], chosen: -1 }
  const claims = new Spots([table], places.length)
  const drawn = new PlacedPoints(new Spots([table], places.length))
  places.forEach(([x, y], at) => {
    claims.add(x, y, 0, at)
    drawn.add(claims, at, 12)
  })
  return drawn
}

it('finds a hole outside', () => {
  const ring = shape('polygon', square(0, 1), square(0.4, 0.6))
  expect(isInside(ring, 0.2, 0.2)).toBe(true)
  expect(isInside(ring, 0.5, 0.5)).toBe(false)
})

it('measures to the nearest part of a line, beyond its ends too', () => {
  const line = shape('line', [0, 0, 1, 0])
  expect(awayFromLine(line, { x: 50, y: 3 }, GRID)).toBeCloseTo(3)
  expect(awayFromLine(line, { x: 103, y: 4 }, GRID)).toBeCloseTo(5)
})

it('prefers a point to the area under it, and a small area to a large one', () => {
  const shapes = [area(square(0, 1)), area(square(0.4, 0.6))]
  const [large, small] = shapes
  expect(hitAt({ shapes, points: placed([50, 50]) }, { x: 51, y: 51 }, GRID)?.feature.shape).toBe('point')
  expect(hitAt({ shapes, points: placed() }, { x: 51, y: 51 }, GRID)).toBe(small)
  expect(hitAt({ shapes, points: null }, { x: 10, y: 10 }, GRID)).toBe(large)
})

it('finds the nearest of two points, and of two in one place the upper', () => {
  const points = placed([50, 50], [60, 50], [50, 50])
  expect(hitAt({ shapes: [], points }, { x: 57, y: 50 }, GRID)?.feature.id).toBe('1')
  expect(hitAt({ shapes: [], points }, { x: 51, y: 50 }, GRID)?.feature.id).toBe('2')
})

it('finds nothing where nothing is', () => {
  expect(hitAt({ shapes: [], points: placed([50, 50]) }, { x: 80, y: 80 }, GRID)).toBeNull()
})
