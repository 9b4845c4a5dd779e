/** Numbers from GeographicLib through pyproj.Geod(ellps="GRS80"). */
import { describe, expect, it } from 'vitest'
import { areaM2, circleRing, distanceM, lengthM, placeAlong } from '@/map/geodesy'

describe('geodesy', () => {
  it('measures a leg on the ellipsoid, to the millimetre', () => {
    expect(distanceM([111.0967, 36.4117], [111.3, 36.2])).toBeCloseTo(29752.918867753542, 3)
    expect(distanceM([110, 30], [120, 40])).toBeCloseTo(1434648.6892996174, 3)
    expect(distanceM([111, 36], [111, 36.0001])).toBeCloseTo(11.09590016042736, 4)
    expect(distanceM([111, 36], [111, 36])).toBe(0)
  })
  it('measures an area with geodesic edges, to a millionth; one of 200 km to five', () => {
    const near = (found: number, known: number, part = 1e-6): void => expect(Math.abs(found / known - 1)).toBeLessThan(part)
    near(areaM2([[111, 36], [111.2, 36], [111.2, 36.2], [111, 36.2]]), 399679536.8752594)
    near(areaM2([[111, 36], [111.001, 36], [111.0005, 36.001]]), 5002.231575727463)
    near(areaM2([[110, 35], [112, 35.5], [111, 37]]), 17624223537.961792, 5e-6)
  })
  it('gives the same area whichever way round the ring is drawn', () => {
    const ring: [number, number][] = [[111, 36], [111.2, 36], [111.2, 36.2]]
    expect(areaM2(ring)).toBeCloseTo(areaM2([...ring].reverse()), 3)
  })
  it('draws a circle whose every point has the radius, to a thousandth', () => {
    for (const place of circleRing([111, 36.4], 5000)) {
      expect(Math.abs(distanceM([111, 36.4], place) / 5000 - 1)).toBeLessThan(1e-3)
    }
  })
  it('finds a place along a line by its distance from the start', () => {
    const line: [number, number][] = [[111, 36], [111.1, 36], [111.1, 36.1]]
    const half = placeAlong(line, lengthM(line.slice(0, 2)) / 2)
    expect(half?.[0]).toBeCloseTo(111.05, 6)
    expect(placeAlong(line, 1e9)).toEqual([111.1, 36.1])
    expect(placeAlong([], 5)).toBeNull()
  })
})
