/** The kilometre grid: which lines, where, and what stands beside them. */
import { describe, expect, it } from 'vitest'
import { metricGrid } from '@/map/coordinates'
import { gridLabel, gridLines, stepM } from '@/map/grid'
import { latOf, lonOf, xOf, yOf } from '@/map/mercator'

const grid = metricGrid(4546)
const window = { west: xOf(111), east: xOf(111.2), north: yOf(36.5), south: yOf(36.4) }

describe('the kilometre grid', () => {
  it('draws every line on whole kilometres of the projection', () => {
    if (!grid) throw new Error('no grid')
    const lines = gridLines(grid, window, 5000)
    expect(lines.length).toBeGreaterThan(4)
    for (const { axis, metres, path } of lines) {
      for (let at = 0; at < path.length; at += 2) {
        const [easting, northing] = grid.forward([lonOf(path[at] as number), latOf(path[at + 1] as number)])
        expect(axis === 'easting' ? easting : northing).toBeCloseTo(metres, 2)
      }
    }
  })
  it('keeps its lines apart, and draws none where they would be a hatch', () => {
    expect(stepM(10)).toBe(1000)
    expect(stepM(40)).toBe(5000)
    expect(stepM(5000)).toBeNull()
  })
  it('writes the zone before an easting and not before a northing', () => {
    expect(gridLabel({ axis: 'easting', metres: 509_000 }, 37)).toBe('37509')
    expect(gridLabel({ axis: 'easting', metres: 96_000 }, 37)).toBe('37096')
    expect(gridLabel({ axis: 'northing', metres: 4_031_000 }, 37)).toBe('4031')
  })
})
