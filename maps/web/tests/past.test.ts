import { describe, expect, it } from 'vitest'
import type { FieldInfo, LayerForm, Value } from '@/state/model'
import { differences, type Change, type Version } from '@/state/past'
import { stopsOf } from '@/state/moments'
import { dateAfter, localInput, momentFromInput } from '@/state/words'

const field = (name: string, zh: string, more: Partial<FieldInfo> = {}): FieldInfo =>
  ({ name, zh, en: name, unit: null, kind: 'text', needed: false, restricted: false, codes: [], ...more })
const form: LayerForm = {
  layer: 'geohazards', help: { zh: '', en: '' }, shapes: [field('danger_zone', '危险区', { kind: 'geometry' })],
  groups: [{ name: 'own', zh: '', en: '', fields: [
    field('scale', '规模等级', { codes: [{ value: 'small', zh: '小型', en: 'Small' }, { value: 'large', zh: '大型', en: 'Large' }] }),
    field('width_m', '宽', { unit: 'm', kind: 'number' }),
  ] }],
}
const point = (lon: number, lat: number): { type: string; coordinates: number[] } => ({ type: 'Point', coordinates: [lon, lat] })

function version(before: Record<string, Value>, after: Record<string, Value>, changed: string[], moved = false): Version {
  return {
    version: 2, at: new Date(0), by: 'bureau', operation: 'update', changed,
    before: { properties: before, geometry: point(111, 36) }, after: { properties: after, geometry: point(moved ? 111.1 : 111, 36) },
  }
}
const told = (one: Version): string[] =>
  differences(one, form, 'zh-CN', () => 95).map((line) => `${line.label}:${line.before}→${line.after}`)

describe('a difference of two versions', () => {
  it('speaks in labels, codes explained and units', () => {
    expect(told(version({ scale: 'small', width_m: 10 }, { scale: 'large', width_m: 20 }, ['scale', 'width_m'])))
      .toEqual(['规模等级:小型→大型', '宽:10 m→20 m'])
  })

  it('says what was given and what was taken away', () => {
    expect(told(version({ scale: null, width_m: 10 }, { scale: 'large', width_m: null }, ['scale', 'width_m'])))
      .toEqual(['规模等级:→大型', '宽:10 m→'])
  })

  it('keeps the former place of a moved point, and how far it moved', () => {
    const [line] = differences(version({}, {}, ['geometry'], true), form, 'zh-CN', () => 95)
    expect(line).toMatchObject({ label: '位置', former: point(111, 36), movedM: 95 })
  })

  it('names a second shape by its field', () => {
    const zone = { type: 'MultiPolygon', coordinates: [] }
    const [line] = differences(version({ danger_zone: zone }, { danger_zone: null }, ['danger_zone']), form, 'zh-CN', () => 0)
    expect(line).toMatchObject({ label: '危险区', former: zone, movedM: null })
  })

  it('leaves out what the database worked out from the rest', () => {
    expect(told(version({ scale_computed: 'small' }, { scale_computed: 'large' }, ['scale_computed']))).toEqual([])
  })

  it('has no lines for a first version', () => {
    expect(differences({ ...version({}, {}, []), before: null }, form, 'zh-CN', () => 0)).toEqual([])
  })
})

describe('the moments one can step to', () => {
  const change = (at: number): Change => ({
    at: new Date(at), layer: 'mines', id: '1', version: 1, operation: 'update', by: 'duty', name: '', rows: 1, zh: '', en: '',
  })
  const bucket = (from: number, to: number, count: number): { from: Date; to: Date; count: number } =>
    ({ from: new Date(from), to: new Date(to), count })

  it('are the listed changes, and the ends of older bars that hold some', () => {
    expect(stopsOf([change(90), change(70), change(70)], [bucket(0, 20, 5), bucket(20, 40, 0), bucket(60, 80, 2)])).toEqual([20, 70, 90])
  })

  it('are none where nothing changed', () => {
    expect(stopsOf([], [bucket(0, 20, 0)])).toEqual([])
  })
})

describe('a moment of the server', () => {
  it('is rounded up to the millisecond, so that looking at it shows what was written then', () => {
    expect(dateAfter('2026-11-24T22:00:19.810772+00:00').toISOString()).toBe('2026-11-24T22:00:19.811Z')
    expect(dateAfter('2026-11-24T22:00:19.810000+00:00').toISOString()).toBe('2026-11-24T22:00:19.810Z')
    expect(dateAfter('2026-11-24T22:00:19Z').toISOString()).toBe('2026-11-24T22:00:19.000Z')
  })
})

describe('a moment typed by hand', () => {
  it('is in China’s time, whatever the computer thinks', () => {
    expect(momentFromInput('2026-11-25T06:58')).toBe('2026-11-24T22:58:00.000Z')
    expect(localInput(new Date('2026-11-24T22:58:00Z'))).toBe('2026-11-25T06:58')
  })

  it('is none where nothing was typed', () => {
    expect(momentFromInput('')).toBeNull()
  })
})
