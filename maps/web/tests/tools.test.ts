/** The tool in hand: what is drawn after each gesture. */
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { distanceM } from '@/map/geodesy'
import { MOST_RADIUS_M, useTools } from '@/state/tools'

describe('tools', () => {
  beforeEach(() => setActivePinia(createPinia()))

  it('adds legs until finished, and then keeps the line while clicks choose objects again', () => {
    const tools = useTools()
    tools.take('length')
    tools.add([111, 36])
    expect(tools.canFinish).toBe(false)
    tools.move([111.1, 36])
    expect(tools.path).toEqual([[111, 36], [111.1, 36]])
    tools.add([111.1, 36])
    tools.finish()
    expect([tools.isDrawing, tools.points.length]).toEqual([false, 2])
    tools.add([111.2, 36])
    expect(tools.points.length).toBe(2)
  })
  it('does not take the spot a finger tapped for another leg', () => {
    const tools = useTools()
    tools.take('length')
    tools.add([111, 36])
    tools.move([111, 36])
    expect(tools.path).toEqual([[111, 36]])
  })
  it('undoes the last point, also after finishing', () => {
    const tools = useTools()
    tools.take('area')
    for (const lon of [111, 111.1, 111.2]) tools.add([lon, 36 + lon / 1000])
    tools.finish()
    tools.undo()
    expect([tools.isDrawing, tools.points.length]).toEqual([true, 2])
  })
  it('makes a box of two opposite corners, whichever comes first', () => {
    const tools = useTools()
    tools.take('box')
    tools.add([111.2, 36.2])
    tools.add([111, 36])
    expect(tools.isDrawing).toBe(false)
    const [west, east] = [Math.min(...tools.ring.map(([lon]) => lon)), Math.max(...tools.ring.map(([lon]) => lon))]
    expect([tools.ring.length, west, east]).toEqual([4, 111, 111.2])
  })
  it('takes the radius of a circle from the second place, or as typed', () => {
    const tools = useTools()
    tools.take('circle')
    tools.add([111, 36])
    tools.setRadius(2500)
    expect(tools.isDrawing).toBe(false)
    expect(distanceM([111, 36], tools.ring[0] ?? [0, 0])).toBeCloseTo(2500, 0)
    tools.clear()
    tools.add([111, 36])
    tools.add([111.01, 36])
    expect(Math.abs(tools.radiusM - distanceM([111, 36], [111.01, 36]))).toBeLessThan(1)
  })
  it('refuses a radius that is none and caps one the server would refuse', () => {
    const tools = useTools()
    tools.take('circle')
    const before = tools.radiusM
    tools.setRadius(Number.NaN)
    tools.setRadius(-5)
    expect(tools.radiusM).toBe(before)
    tools.setRadius(1e9)
    expect(tools.radiusM).toBe(MOST_RADIUS_M)
  })
  it('forgets its drawing when another tool is taken', () => {
    const tools = useTools()
    tools.take('box')
    tools.add([111, 36])
    tools.take('area')
    expect(tools.points).toEqual([])
  })
})
