import { expect, it } from 'vitest'
import { awayFromLine, hitAt, isInside } from '@/map/hit'
import type { Placed } from '@/map/picture'
import type { LayerInfo } from '@/state/model'
import { shape } from './builders'

const GRID = { worldPx: 100, leftPx: 0, topPx: 0 } // one world coordinate is a hundred pixels
const layer = { name: 'mines' } as LayerInfo
const square = (from: number, to: number): number[] => [from, from, to, from, to, to, from, to, from, from]
const area = (...rings: number[][]): Placed => ({ feature: shape('polygon', ...rings), layer, spot: null })
const point = (x: number, y: number): Placed => ({ feature: shape('point', [x / 100, y / 100]), layer, spot: { x, y, reachPx: 12 } })

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
  const [large, small, mine] = [area(square(0, 1)), area(square(0.4, 0.6)), point(50, 50)]
  expect(hitAt([large, small, mine], { x: 51, y: 51 }, GRID)).toBe(mine)
  expect(hitAt([small, large], { x: 51, y: 51 }, GRID)).toBe(small)
  expect(hitAt([small, large], { x: 10, y: 10 }, GRID)).toBe(large)
})

it('finds nothing where nothing is', () => {
  expect(hitAt([point(50, 50)], { x: 80, y: 80 }, GRID)).toBeNull()
})
