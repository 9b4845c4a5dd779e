/** Numbers from gis/datum.py and from PROJ (EPSG:4490 to EPSG:4546 and UTM), so that screen and server agree. */
import { describe, expect, it } from 'vitest'
import { coordinateText, gcj02From, metricGrid, sexagesimal, type LonLat } from '@/map/coordinates'

const SHARED: readonly { place: LonLat; gcj02: LonLat; gk: readonly [number, number] }[] = [
  { place: [111.0967, 36.4117], gcj02: [111.102944667222, 36.411901756031696], gk: [508673.2870655538, 4031230.408880729] },
  { place: [111.3, 36.2], gcj02: [111.30622458167996, 36.19999831975758], gk: [526980.6806081734, 4007776.5592728015] },
  { place: [110.7, 36.9], gcj02: [110.70563570589309, 36.90025089451781], gk: [473261.534748084, 4085455.3345078705] },
]

describe('coordinates', () => {
  it('turns a place into GCJ-02 as the server does, to the millimetre', () => {
    for (const { place, gcj02 } of SHARED) {
      const [lon, lat] = gcj02From(place)
      expect(lon).toBeCloseTo(gcj02[0], 8)
      expect(lat).toBeCloseTo(gcj02[1], 8)
    }
  })
  it('leaves places outside China where they are', () => {
    expect(gcj02From([1.52, 42.5])).toEqual([1.52, 42.5])
  })
  it('gives Gauss-Krüger metres as PROJ does, to the millimetre, and back', () => {
    const grid = metricGrid(4546)
    if (!grid) throw new Error('no grid')
    expect([grid.zone, grid.meridian]).toEqual([37, 111])
    for (const { place, gk } of SHARED) {
      const [easting, northing] = grid.forward(place)
      expect(easting).toBeCloseTo(gk[0], 3)
      expect(northing).toBeCloseTo(gk[1], 3)
      const [lon, lat] = grid.inverse([easting, northing])
      expect(lon).toBeCloseTo(place[0], 9)
      expect(lat).toBeCloseTo(place[1], 9)
    }
  })
  it('knows UTM for other countries and no other grid', () => {
    expect(metricGrid(32631)?.name).toBe('UTM 31N')
    expect(metricGrid(3857)).toBeNull()
  })
  it('writes the northing as X and the easting as Y with its zone', () => {
    expect(coordinateText([111.0967, 36.4117], 'gk', metricGrid(4546))).toBe('X 4031230.4, Y 37508673.3')
  })
  it('keeps six digits of an easting under the zone, so that the zone is not misread', () => {
    expect(coordinateText([106.5, 36], 'gk', metricGrid(4546))).toMatch(/Y 37\d{6}\.\d$/)
  })
  it('never writes sixty seconds', () => {
    expect(sexagesimal(36.99999999)).toBe('37°00′00.00″')
    expect(sexagesimal(-36.4117)).toBe('36°24′42.12″')
  })
})
