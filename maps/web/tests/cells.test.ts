/** Overview discs. */
import { describe, expect, it } from 'vitest'
import { cellRadiusPx } from '@/map/cells'

describe('overview discs', () => {
  it('grow with the number and stop before they hide the county', () => {
    const radii = [2, 20, 200, 2000, 200_000, 20_000_000].map(cellRadiusPx)
    expect(radii).toEqual([...radii].sort((a, b) => a - b))
    expect(radii[0]).toBe(13)
    expect(radii.at(-1)).toBe(30)
  })
})
