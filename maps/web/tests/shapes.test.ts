import { describe, expect, it } from 'vitest'
import { merged, split } from '@/map/cutting'
import {
  drawnShape, handled, inserted, moved, removed, shapeAreaM2, snap, vertexCount, vertices, type Shape,
} from '@/map/shapes'

const square = (west: number, south: number, side = 2): [number, number][] =>
  [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
const area = (...rings: [number, number][][]): Shape => ({ type: 'MultiPolygon', coordinates: [rings] })
const line: Shape = { type: 'LineString', coordinates: [[0, 0], [4, 0], [4, 4]] }
const px = ([x, y]: readonly [number, number]) => ({ x, y })

describe('vertices', () => {
  it('moving the first vertex of a ring moves the one that closes it, and leaves the shape before as it was', () => {
    const before = area(square(0, 0))
    const after = moved(before, [0, 0, 0], [-1, -1])
    expect((after.coordinates as number[][][][])[0]?.[0]).toEqual([[-1, -1], [2, 0], [2, 2], [0, 2], [-1, -1]])
    expect((before.coordinates as number[][][][])[0]?.[0]?.[0]).toEqual([0, 0])
  })
  it('a vertex added at a midpoint stands between its neighbours', () => {
    expect(inserted(line, [1], [2, 0]).coordinates).toEqual([[0, 0], [2, 0], [4, 0], [4, 4]])
  })
  it('removing is refused where no line or ring would be left', () => {
    const triangle = area([[0, 0], [1, 0], [0, 1], [0, 0]])
    expect(removed(triangle, [0, 0, 1])).toBeNull()
    expect(removed({ type: 'LineString', coordinates: [[0, 0], [1, 1]] }, [0])).toBeNull()
    expect(removed(area(square(0, 0)), [0, 0, 0])?.coordinates).toEqual([[[[2, 0], [2, 2], [0, 2], [2, 0]]]])
  })
  it('a ring shows its closing vertex once', () => {
    expect(vertexCount(area(square(0, 0)))).toBe(4)
    expect(vertices(line)).toHaveLength(3)
  })
  it('a sketch becomes the kind of shape its layer holds, once it is long enough', () => {
    expect(drawnShape('MultiPolygon', [[0, 0], [1, 0]])).toBeNull()
    expect(drawnShape('MultiPolygon', [[0, 0], [1, 0], [1, 1]])?.coordinates).toEqual([[[[0, 0], [1, 0], [1, 1], [0, 0]]]])
  })
})

describe('handles of a shape of 5,000 vertices', () => {
  const ring = Array.from({ length: 5000 }, (_, at): [number, number] => {
    const turn = (at / 5000) * 2 * Math.PI
    return [500 + 400 * Math.cos(turn), 500 + 400 * Math.sin(turn)]
  })
  const all = vertices(area([...ring, ring[0] as [number, number]]))
  it('are few from afar', () => {
    const shown = handled(all, px, { x: 1000, y: 1000 }, 15, 160)
    expect(shown.length).toBeLessThanOrEqual(160)
    expect(shown.length).toBeGreaterThan(40)
  })
  it('are every one near by, and none out of sight', () => {
    const near = handled(all, ([x, y]) => ({ x: (x - 895) * 60, y: (y - 495) * 60 }), { x: 600, y: 600 }, 15, 160)
    const inSight = all.filter(({ at: [x, y] }) => x >= 895 && x <= 905 && y >= 495 && y <= 505)
    expect(near).toHaveLength(inSight.length)
  })
})

describe('snapping', () => {
  it('takes a vertex before an edge, an edge before nothing, and nothing out of reach', () => {
    const lines = [[[0, 0], [100, 0]] as const]
    expect(snap({ x: 4, y: 3 }, lines, px, 12)).toEqual({ at: [0, 0], on: 'vertex' })
    expect(snap({ x: 50, y: 5 }, lines, px, 12)).toEqual({ at: [50, 0], on: 'edge' })
    expect(snap({ x: 50, y: 20 }, lines, px, 12)).toBeNull()
  })
})

describe('splitting', () => {
  it('a square cut from side to side gives two halves that share the cut exactly', () => {
    const pieces = split(area(square(0, 0)), [[0.5, -1], [0.5, 3]])
    expect(pieces).toHaveLength(2)
    const [large, small] = (pieces as Shape[]).map(vertices)
    expect(large?.map(({ at }) => at.join()).filter((at) => small?.some((other) => other.at.join() === at)).sort()).toEqual(['0.5,0', '0.5,2'])
    const whole = shapeAreaM2(area(square(0, 0)))
    // The cut's edges follow great circles, the square's too: the halves miss the whole by the arcs at the new vertices.
    expect((pieces as Shape[]).reduce((sum, piece) => sum + shapeAreaM2(piece), 0) / whole).toBeCloseTo(1, 3)
  })
  it('a line that ends inside cuts nothing', () => {
    expect(split(area(square(0, 0)), [[1, -1], [1, 1]])).toBeNull()
  })
  it('a cut through a hole gives two pieces without the hole', () => {
    const pieces = split(area(square(0, 0, 6), square(2, 2)), [[3, -1], [3, 7]])
    expect(pieces?.map((piece) => (piece.coordinates as unknown[][])[0]?.length)).toEqual([1, 1])
  })
  it('parts the line does not touch stay with the piece that keeps its identity', () => {
    const two: Shape = { type: 'MultiPolygon', coordinates: [[square(0, 0)], [square(10, 10)]] }
    const pieces = split(two, [[0.5, -1], [0.5, 3]])
    expect(pieces?.map((piece) => (piece.coordinates as unknown[]).length)).toEqual([2, 1])
  })
  it('a line is cut where the drawn line crosses it, the longer piece first', () => {
    expect(split(line, [[1, -1], [1, 1]])?.map((piece) => piece.coordinates)).toEqual([[[1, 0], [4, 0], [4, 4]], [[0, 0], [1, 0]]])
  })
})

describe('merging', () => {
  it('two neighbours become one without their common edge', () => {
    const whole = merged([area(square(0, 0)), area(square(2, 0))])
    expect(whole && vertices(whole).map(({ at }) => at.join()).sort()).toEqual(['0,0', '0,2', '4,0', '4,2'])
  })
  it('a layer of single areas refuses two that do not touch', () => {
    const one = (west: number): Shape => ({ type: 'Polygon', coordinates: [square(west, 0)] })
    expect(merged([one(0), one(5)])).toBeNull()
  })
})
