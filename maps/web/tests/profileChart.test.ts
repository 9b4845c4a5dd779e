/** A profile as a drawing. */
import { describe, expect, it } from 'vitest'
import { chartOf, HEIGHT, knownPieces, LEFT, roundStep, TOP, WIDTH, BOTTOM } from '@/panels/tools/profileChart'

const profile = (elevationM: (number | null)[]): Parameters<typeof chartOf>[0] => {
  const known = elevationM.filter((height) => height !== null)
  return {
    distanceM: elevationM.map((_, at) => at * 100), elevationM, lengthM: (elevationM.length - 1) * 100, upM: 0, downM: 0,
    minM: known.length ? Math.min(...known) : null, maxM: known.length ? Math.max(...known) : null, source: null,
  }
}

describe('the profile chart', () => {
  it('runs from edge to edge and never leaves its frame', () => {
    const heights = [900, 1000, 950, 1100]
    const chart = chartOf(profile(heights))
    expect([chart?.x(0), chart?.x(3)]).toEqual([LEFT, WIDTH])
    heights.forEach((_, at) => {
      expect(chart?.y(at)).toBeGreaterThanOrEqual(TOP)
      expect(chart?.y(at)).toBeLessThanOrEqual(HEIGHT - BOTTOM)
    })
  })
  it('does not blow a flat valley up into mountains', () => {
    const chart = chartOf(profile([900, 901, 900]))
    expect(Math.abs((chart?.y(0) ?? 0) - (chart?.y(1) ?? 0))).toBeLessThan(12)
  })
  it('leaves a gap where the model knows nothing', () => {
    expect(knownPieces([null, 1, 2, null, 3])).toEqual([[1, 2], [4, 4]])
    expect(chartOf(profile([900, null, 950]))?.line.match(/M/g)?.length).toBe(2)
    expect(chartOf(profile([null, null]))).toBeNull()
  })
  it('steps by 1, 2 or 5', () => {
    expect([roundStep(430, 5), roundStep(23_940, 6), roundStep(20, 5)]).toEqual([100, 5000, 5])
  })
})
