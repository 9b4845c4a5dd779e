/** How the map is drawn, and how the address carries it. */
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { opacitiesOf, sorted, useMapLook } from '@/state/mapLook'

const layers = ['a', 'b', 'c', 'd'].map((name) => ({ name }))

describe('the look of the map', () => {
  beforeEach(() => setActivePinia(createPinia()))

  it('comes back from the address it wrote', () => {
    const look = useMapLook()
    look.base = 'terrain'
    look.showsGrid = true
    look.fade('mines', 40)
    look.place(['a', 'b', 'c'], 'c', 0)
    const query = look.query() as Record<string, string>
    expect(query).toEqual({ base: 'terrain', grid: '1', order: 'c,a,b', opacity: 'mines:40' })
    setActivePinia(createPinia())
    const other = useMapLook()
    other.follow(query)
    expect(other.query()).toEqual(query)
  })
  it('writes nothing into the address of a map left as it was', () => {
    expect(useMapLook().query()).toEqual({})
  })
  it('puts placed layers first, the others below as the server lists them', () => {
    expect(sorted(layers, ['c', 'gone', 'a']).map((layer) => layer.name)).toEqual(['c', 'a', 'b', 'd'])
  })
  it('keeps within the list a layer that is moved past its ends', () => {
    const look = useMapLook()
    look.place(['a', 'b', 'c'], 'b', 99)
    expect(look.order).toEqual(['a', 'c', 'b'])
    look.place(['a', 'c', 'b'], 'b', -3)
    expect(look.order).toEqual(['b', 'a', 'c'])
  })
  it('reads no nonsense from an address written by hand', () => {
    expect([...opacitiesOf('mines:40,x,y:abc,z:5,w:100,v:55.4')]).toEqual([['mines', 40], ['v', 55]])
    const look = useMapLook()
    look.follow({ base: 'marble', grid: 'yes' })
    expect(look.query()).toEqual({})
  })
  it('is dark as the console is unless a person chose the map’s own light, and never on paper', () => {
    const look = useMapLook()
    expect([look.isDark(true, false), look.isDark(false, false)]).toEqual([true, false])
    look.base = 'light'
    expect(look.isDark(true, false)).toBe(false)
    look.base = 'dark'
    expect([look.isDark(false, false), look.isDark(true, true)]).toEqual([true, false])
  })
})
