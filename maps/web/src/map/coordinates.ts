/**
 * A place in the systems people use here. Everything stored and drawn is CGCS2000 (EPSG:4490), longitude then latitude.
 * GCJ-02 by the published, unofficial series, as in gis/datum.py: ±5 m against what a map service draws.
 */
import proj4 from 'proj4'

export type System = 'degrees' | 'dms' | 'gk' | 'gcj02'
export const SYSTEMS: readonly System[] = ['degrees', 'dms', 'gk', 'gcj02']
export type LonLat = readonly [lon: number, lat: number]

// Krassovsky 1940, the ellipsoid inside the published formula.
const KRASSOVSKY_A_M = 6378245
const KRASSOVSKY_E2 = 0.00669342162296594323
/** West, south, east, north: outside the formula is the identity. */
const GCJ02_BOX = [72.004, 0.8293, 137.8347, 55.8271] as const

const waves = (t: number, amplitude12: number, amplitude30: number): number => {
  const short = 20 * Math.sin(t * Math.PI) + 40 * Math.sin((t / 3) * Math.PI)
  const long = amplitude12 * Math.sin((t / 12) * Math.PI) + amplitude30 * Math.sin((t * Math.PI) / 30)
  return ((short + long) * 2) / 3
}

export function gcj02From([lon, lat]: LonLat): LonLat {
  const [west, south, east, north] = GCJ02_BOX
  if (lon < west || lon > east || lat < south || lat > north) return [lon, lat]
  const [x, y] = [lon - 105, lat - 35]
  const ripple = ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3
  const northM = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + ripple + waves(y, 160, 320)
  const eastM = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + ripple + waves(x, 150, 300)
  const phi = (lat * Math.PI) / 180
  const w2 = 1 - KRASSOVSKY_E2 * Math.sin(phi) ** 2
  const meridianM = (KRASSOVSKY_A_M * (1 - KRASSOVSKY_E2)) / (w2 * Math.sqrt(w2))
  const parallelM = (KRASSOVSKY_A_M / Math.sqrt(w2)) * Math.cos(phi)
  return [lon + ((eastM / parallelM) * 180) / Math.PI, lat + ((northM / meridianM) * 180) / Math.PI]
}

// 3° zones of CGCS2000 without zone prefix: EPSG:4534 (75° E) to EPSG:4554 (135° E), one every 3°.
const [FIRST_EPSG, LAST_EPSG, FIRST_MERIDIAN] = [4534, 4554, 75]

/** A transverse Mercator grid in metres. `zone` is the 3° zone's number; null for UTM, which other countries use. */
export interface MetricGrid {
  readonly zone: number | null
  readonly meridian: number
  readonly name: string
  /** Easting, northing in metres, without the zone's prefix. */
  readonly forward: (place: LonLat) => readonly [number, number]
  readonly inverse: (metres: readonly [number, number]) => LonLat
}

const grids = new Map<number, MetricGrid | null>()

/** The grid of a county's metric CRS (`metric_epsg` of the county); null for a number that is neither family. */
export function metricGrid(epsg: number): MetricGrid | null {
  const known = grids.get(epsg)
  if (known !== undefined) return known
  const made = gridOf(epsg)
  grids.set(epsg, made)
  return made
}

function gridOf(epsg: number): MetricGrid | null {
  if (epsg >= FIRST_EPSG && epsg <= LAST_EPSG) {
    const meridian = FIRST_MERIDIAN + (epsg - FIRST_EPSG) * 3
    return withProj(`+proj=tmerc +lat_0=0 +lon_0=${meridian} +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m`,
      { zone: meridian / 3, meridian, name: `GK ${meridian / 3}` })
  }
  const [family, zone] = [Math.floor(epsg / 100), epsg % 100]
  if ((family !== 326 && family !== 327) || zone < 1 || zone > 60) return null
  return withProj(`+proj=utm +zone=${zone}${family === 327 ? ' +south' : ''} +ellps=WGS84 +units=m`,
    { zone: null, meridian: zone * 6 - 183, name: `UTM ${zone}${family === 327 ? 'S' : 'N'}` })
}

function withProj(definition: string, facts: Pick<MetricGrid, 'zone' | 'meridian' | 'name'>): MetricGrid {
  const projected = proj4(definition)
  const pair = (numbers: readonly number[]): readonly [number, number] => [numbers[0] ?? Number.NaN, numbers[1] ?? Number.NaN]
  return {
    ...facts,
    forward: ([lon, lat]) => pair(projected.forward([lon, lat])),
    inverse: ([easting, northing]) => pair(projected.inverse([easting, northing])),
  }
}

const side = (value: number, positive: string, negative: string): string => (value < 0 ? negative : positive)

const degreesText = ([lon, lat]: LonLat): string =>
  `${Math.abs(lon).toFixed(6)}°${side(lon, 'E', 'W')}, ${Math.abs(lat).toFixed(6)}°${side(lat, 'N', 'S')}`

/** 111°05′48.12″: hundredths of a second are 0.3 m. Rounded first, so that 60″ never appears. */
export function sexagesimal(value: number): string {
  const hundredths = Math.round(Math.abs(value) * 360_000)
  const [degrees, rest] = [Math.floor(hundredths / 360_000), hundredths % 360_000]
  const [minutes, seconds] = [Math.floor(rest / 6000), (rest % 6000) / 100]
  return `${degrees}°${String(minutes).padStart(2, '0')}′${seconds.toFixed(2).padStart(5, '0')}″`
}

const dmsText = ([lon, lat]: LonLat): string =>
  `${sexagesimal(lon)}${side(lon, 'E', 'W')}, ${sexagesimal(lat)}${side(lat, 'N', 'S')}`

/** Chinese survey sheets: X is the northing, Y the easting with its zone before it (37 508673). */
function gridText(place: LonLat, grid: MetricGrid): string {
  const [easting, northing] = grid.forward(place)
  if (grid.zone === null) return `E ${easting.toFixed(0)}, N ${northing.toFixed(0)}`
  return `X ${northing.toFixed(1)}, Y ${grid.zone}${easting.toFixed(1).padStart(8, '0')}`
}

/** A place as text in `system`; what the readout shows and what copying copies. Without a grid GK falls back to degrees. */
export function coordinateText(place: LonLat, system: System, grid: MetricGrid | null): string {
  if (system === 'gk' && grid) return gridText(place, grid)
  if (system === 'dms') return dmsText(place)
  return degreesText(system === 'gcj02' ? gcj02From(place) : place)
}
