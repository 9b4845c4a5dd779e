import { describe, expect, it } from 'vitest'
import { firstColumns, tableFields, widthOf } from '@/rooms/data/columns'
import { boxAround, positionOver } from '@/rooms/data/extent'
import { orderOf, orderText } from '@/rooms/data/state'
import { featureOf, tileOf } from '@/map/rows'
import { xOf, yOf } from '@/map/mercator'
import type { FieldInfo, LayerForm } from '@/state/model'

const field = (name: string, more: Partial<FieldInfo> = {}): FieldInfo => ({
  name, zh: name, en: name, unit: null, kind: 'text', needed: false, restricted: false, codes: [], ...more,
} as FieldInfo)

const FORM: LayerForm = {
  layer: 'geohazards', help: { zh: '', en: '' }, shapes: [],
  groups: [
    { name: 'identity', zh: '', en: '', fields: [field('code'), field('name'), field('admin_code'), field('status')] },
    { name: 'own', zh: '', en: '', fields: [
      field('grade', { needed: true }), field('leader_phone', { needed: true, restricted: true }), field('height_m'),
      ...Array.from({ length: 12 }, (_, at) => field(`own_${at}`, { needed: true })),
    ] },
    { name: 'system', zh: '', en: '', fields: [field('id'), field('updated_at', { kind: 'timestamp' })] },
  ],
}

describe('columns of a table', () => {
  it('never offer what is restricted', () => {
    expect(tableFields(FORM).map((one) => one.name)).not.toContain('leader_phone')
  })

  it('begin with the name, the township and the grade, and end with how fresh the row is', () => {
    const first = firstColumns(FORM, { by: 'grade' })
    expect(first.slice(0, 4)).toEqual(['name', 'admin_code', 'grade', 'status'])
    expect(first.at(-1)).toBe('updated_at')
    expect(first.length).toBeLessThanOrEqual(11)
  })

  it('are wide enough for their heading', () => {
    expect(widthOf(field('own', { kind: 'boolean' }), '监测人是否住在本村')).toBeGreaterThan(150)
  })
})

describe('the order of rows in an address', () => {
  it('is read and written the same', () => {
    for (const text of ['people', '-updated_at']) expect(orderText(orderOf(text))).toBe(text)
    expect(orderOf('people; drop')).toBeNull()
  })
})

describe('what the map shows', () => {
  it('is the box around its middle', () => {
    const [west, south, east, north] = boxAround({ zoom: 10, lat: 36.4, lon: 111.1 }, { widthPx: 512, heightPx: 512 })
    expect(east - west).toBeCloseTo((512 / (256 * 2 ** 10)) * 360, 9)
    expect((west + east) / 2).toBeCloseTo(111.1, 9)
    expect(south).toBeLessThan(36.4)
    expect(north).toBeGreaterThan(36.4)
  })

  it('is moved so that a selection is seen whole', () => {
    const size = { widthPx: 600, heightPx: 400 }
    const box = [111, 36.2, 111.4, 36.6] as const
    const shown = boxAround(positionOver(box, size), size)
    expect(shown[0]).toBeLessThan(box[0])
    expect(shown[1]).toBeLessThan(box[1])
    expect(shown[2]).toBeGreaterThan(box[2])
    expect(shown[3]).toBeGreaterThan(box[3])
  })

  it('never comes nearer to one point than houses can be told apart', () => {
    expect(positionOver([111.1, 36.4, 111.1, 36.4], { widthPx: 600, heightPx: 400 }).zoom).toBe(15)
  })
})

describe('rows on the map', () => {
  const layer = { name: 'geohazards', by: 'grade' }
  const properties = { name: '泥石流001', code: 'A1', status: 'active', source: 'exercise', grade: 'large' }

  it('carry what the map draws: grade, exercise mark, place', () => {
    const feature = featureOf({ id: '7', properties, shape: { type: 'Point', coordinates: [111.1, 36.4] } }, layer)
    expect(feature).toMatchObject({ id: '7', value: 'large', exercise: true, shape: 'point', count: 1 })
    expect(feature?.box.west).toBeCloseTo(xOf(111.1), 12)
    expect(feature?.box.north).toBeCloseTo(yOf(36.4), 12)
  })

  it('keep each ring of an area', () => {
    const ring = [[111, 36], [111.1, 36], [111.1, 36.1], [111, 36]]
    const feature = featureOf({ id: '8', properties, shape: { type: 'MultiPolygon', coordinates: [[ring, ring], [ring]] } }, layer)
    expect(feature?.parts).toHaveLength(3)
    expect(feature?.outline).toHaveLength(3)
  })

  it('leave out a row without a place', () => {
    expect(tileOf([{ id: '9', properties, shape: null }], layer)).toMatchObject({ features: [], points: { length: 0 } })
  })
})
