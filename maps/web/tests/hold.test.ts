/** A finger held on the map: which touches ask what is here, and how often. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Hold } from '@/map/hold'

const LONG_MS = 700

class Map extends EventTarget {
  constructor(private readonly within: string | null = null) { super() }
  closest(): string | null { return this.within }
}

/** A finger at each [x, y]. Whether the browser may still make a click of it. */
function touch(map: Map, kind: string, ...places: readonly (readonly [number, number])[]): boolean {
  const touches = places.map(([clientX, clientY]) => ({ clientX, clientY }))
  return map.dispatchEvent(Object.assign(new Event(kind, { cancelable: true }), { touches }))
}

describe('a finger on the map', () => {
  let map: Map
  let hold: Hold
  let asked: number
  let isFree: boolean
  const on = (where: Map): void => {
    map = where
    hold = new Hold(map as unknown as HTMLElement, () => {
      if (isFree) asked += 1
      return isFree
    })
  }

  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('window', globalThis)
    asked = 0
    isFree = true
    on(new Map())
  })
  afterEach(() => {
    hold.destroy()
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('asks once when it is held, and makes no click after that', () => {
    touch(map, 'touchstart', [50, 50])
    vi.advanceTimersByTime(LONG_MS)
    expect(asked).toBe(1)
    expect(touch(map, 'touchend')).toBe(false)
    expect(hold.takes()).toBe(false) // Windows: the menu comes when the finger is lifted
  })
  it('asks nothing when it is lifted sooner, and its click stays', () => {
    touch(map, 'touchstart', [50, 50])
    vi.advanceTimersByTime(300)
    expect(touch(map, 'touchend')).toBe(true)
    vi.advanceTimersByTime(LONG_MS)
    expect(asked).toBe(0)
  })
  it('asks nothing when it moves the map, or when a second finger comes', () => {
    touch(map, 'touchstart', [50, 50])
    touch(map, 'touchmove', [70, 50])
    vi.advanceTimersByTime(LONG_MS)
    touch(map, 'touchstart', [50, 50])
    touch(map, 'touchstart', [50, 50], [90, 90])
    vi.advanceTimersByTime(LONG_MS)
    expect(asked).toBe(0)
  })
  it('may tremble', () => {
    touch(map, 'touchstart', [50, 50])
    touch(map, 'touchmove', [54, 53])
    vi.advanceTimersByTime(LONG_MS)
    expect(asked).toBe(1)
  })
  it('leaves the question to the browser that asks itself', () => {
    touch(map, 'touchstart', [50, 50])
    vi.advanceTimersByTime(500)
    expect(hold.takes()).toBe(true) // Android: the menu comes after half a second
    vi.advanceTimersByTime(LONG_MS)
    expect(asked).toBe(0)
  })
  it('is the tool’s where a tool has the map, with its click', () => {
    isFree = false
    touch(map, 'touchstart', [50, 50])
    vi.advanceTimersByTime(LONG_MS)
    expect(touch(map, 'touchend')).toBe(true)
    expect(hold.takes()).toBe(true)
  })
  it('does not ask on a handle or a popup', () => {
    hold.destroy()
    on(new Map('.leaflet-marker-icon'))
    touch(map, 'touchstart', [50, 50])
    vi.advanceTimersByTime(LONG_MS)
    expect(asked).toBe(0)
  })
  it('does not take a right click of the mouse for its own', () => {
    touch(map, 'touchstart', [50, 50])
    vi.advanceTimersByTime(LONG_MS)
    touch(map, 'touchend')
    map.dispatchEvent(Object.assign(new Event('pointerdown'), { pointerType: 'mouse' }))
    expect(hold.takes()).toBe(true)
  })
})
