import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { compass, distanceParts, forgetSearches, recentSearches, rememberSearch } from '@/state/find'

function storage(): Pick<Storage, 'getItem' | 'setItem'> {
  const kept = new Map<string, string>()
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) }
}
beforeEach(() => vi.stubGlobal('localStorage', storage()))
afterEach(() => vi.unstubAllGlobals())

describe('recent searches', () => {
  it('are newest first and each once', () => {
    for (const text of ['px', '蒲城', ' px ']) rememberSearch(text)
    expect(recentSearches()).toEqual(['px', '蒲城'])
  })

  it.each(['13800000000', '0357-5500374', '138 0000 0000', '找 0357-55003748'])('never keep what may be a phone: %s', (text) => {
    rememberSearch(text)
    expect(recentSearches()).toEqual([])
  })

  it('are at most eight, and can be forgotten', () => {
    for (let n = 0; n < 12; n++) rememberSearch(`矿 ${n}`)
    expect(recentSearches()).toHaveLength(8)
    forgetSearches()
    expect(recentSearches()).toEqual([])
  })

  it('are none where storage holds something else', () => {
    localStorage.setItem('anlan.searches', '{"a":')
    expect(recentSearches()).toEqual([])
  })
})

describe('distance and direction', () => {
  it.each([[0, '0'], [42.4, '42'], [337, '340'], [994, '990']])('%d m is said as %s m', (metres, said) => {
    expect(distanceParts(metres)).toEqual({ key: 'map.metres', n: said })
  })

  it.each([[998, '1.0'], [2440, '2.4'], [12_600, '13']])('%d m is said as %s km', (metres, said) => {
    expect(distanceParts(metres)).toEqual({ key: 'map.kilometres', n: said })
  })

  it.each([[0, 'N'], [359, 'N'], [44, 'NE'], [180, 'S'], [-90, 'W'], [292, 'W'], [293, 'NW']])('%d° is %s', (bearing, point) => {
    expect(compass(bearing).en).toBe(point)
  })
})
