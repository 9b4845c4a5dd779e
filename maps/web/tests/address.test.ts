import { describe, expect, it } from 'vitest'
import { addressOf, momentOf, positionOf, positionText, queryOf, refOf, unheededMoments } from '@/state/address'

describe('the address of a map', () => {
  it('comes back as it was written', () => {
    const address = {
      county: '141033', layers: ['mines', 'geohazards'], at: { zoom: 11.5, lat: 36.41, lon: 111.1 },
      chosen: { layer: 'mines', id: '12' }, asOf: '2026-11-24T14:00:00.000Z', compare: '2026-11-23T00:00:00.000Z',
    }
    expect(queryOf(address)).toEqual({
      county: '141033', layers: 'mines,geohazards', at: '11.5/36.41000/111.10000', chosen: 'mines/12',
      as_of: '2026-11-24T14:00:00.000Z', compare: '2026-11-23T00:00:00.000Z',
    })
    expect(addressOf(queryOf(address) as Record<string, string>)).toEqual(address)
  })

  it('tells no layer from layers not named', () => {
    expect(addressOf({}).layers).toBeNull()
    expect(addressOf({ layers: '' }).layers).toEqual([])
  })

  it.each(['', '11/36', '11/36/', '11/91/111', '30/36/111', 'a/b/c', '11/36/111/5'])('takes no position from "%s"', (text) => {
    expect(positionOf(text)).toBeNull()
  })

  it('is exact to about a metre', () => {
    expect(positionText({ zoom: 12.25, lat: 36.123456, lon: 111.987654 })).toBe('12.25/36.12346/111.98765')
  })

  it('reads a moment with any offset, also where the plus sign came as a space', () => {
    expect(momentOf('2026-11-24T22:00+08:00')).toBe('2026-11-24T14:00:00.000Z')
    expect(addressOf({ as_of: '2026-11-24T22:00:00 08:00' }).asOf).toBe('2026-11-24T14:00:00.000Z')
  })

  it.each(['', 'yesterday', '2026-11-24', '2026-11-24T22:00', '2026-13-40T00:00:00Z'])('takes no moment from "%s"', (text) => {
    expect(momentOf(text)).toBeNull()
  })

  it('tells what it could not read as a moment', () => {
    expect(unheededMoments({ as_of: 'yesterday', compare: '2026-11-24T14:00:00Z' })).toEqual({ asOf: 'yesterday', compare: null })
  })

  it.each(['mines', 'mines/', '/12', 'Mines/12', 'mines/1/2'])('takes no object from "%s"', (text) => {
    expect(refOf(text)).toBeNull()
  })
})
