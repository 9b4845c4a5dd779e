/** The console's own words for what the server describes; panels and map know these and not the wire. */
export type Locale = 'zh-CN' | 'en'
export type GeometryKind = 'Point' | 'LineString' | 'Polygon' | 'MultiPolygon' | 'MultiLineString'
/** West, south, east, north in degrees. */
export type Bbox = readonly [number, number, number, number]

export interface Named {
  readonly zh: string
  readonly en: string
}

/** One line of a legend. `rank` 0 is the worst of `worst_first`; null where values have no order. */
export interface LegendClass extends Named {
  readonly value: string
  readonly colour: string
  readonly rank: number | null
}

export interface LayerInfo extends Named {
  readonly name: string
  readonly group: string
  readonly geometry: GeometryKind
  readonly bureau: string
  readonly glyph: string
  readonly colour: string
  /** Width of a line or outline in pixels. */
  readonly width: number
  /** Dash pattern in pixels; empty: a full line. */
  readonly dash: readonly number[]
  readonly fillOpacity: number
  readonly by: string | null
  readonly classes: readonly LegendClass[]
  readonly count: number
  readonly exerciseCount: number
  readonly version: number
  readonly bbox: Bbox | null
  readonly nameZoom: number
  readonly maySeeRestricted: boolean
  readonly mayWrite: boolean
}

export interface Source {
  readonly name: string
  readonly licence: string
  readonly attribution: string
  readonly url: string | null
}

export interface County extends Named {
  readonly code: string
  readonly centre: readonly [number, number]
  readonly bbox: Bbox
  readonly sources: readonly Source[]
  readonly exercise: boolean
  readonly hasDem: boolean
  /** EPSG number of the CRS in metres: a 3° Gauss-Krüger zone in China. */
  readonly metricEpsg: number | null
  /** Key of 天地图; null: its maps are not offered. */
  readonly tiandituKey: string | null
}

export interface FieldInfo extends Named {
  readonly name: string
  readonly unit: string | null
  readonly kind: string
  readonly needed: boolean
  readonly restricted: boolean
  /** Worked out or set by the system; nobody types it. */
  readonly readOnly?: boolean
  readonly codes: readonly (Named & { readonly value: string })[]
  /** Where the unit follows from another field's code. */
  readonly unitBy?: { readonly field: string; readonly units: Readonly<Record<string, string>> } | null
  /** Of a small list: what its rows are kept under, and their fields. */
  readonly entry?: { readonly key: Named; readonly fields: readonly FieldInfo[] } | null
}

/** Fields that belong together: identity, own, duty, position, source, notes, system. */
export interface FieldGroup extends Named {
  readonly name: string
  readonly fields: readonly FieldInfo[]
}

export interface LayerForm {
  readonly layer: string
  readonly help: Named
  readonly groups: readonly FieldGroup[]
  /** Fields that hold a second shape, such as a danger zone. */
  readonly shapes: readonly FieldInfo[]
}

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }

export interface Feature {
  readonly layer: string
  readonly id: string
  readonly properties: Readonly<Record<string, Value>>
  /** Longitude, latitude of a point to fly to. */
  readonly anchor: readonly [number, number]
  readonly bbox: Bbox
  readonly point: boolean
}

/** Something in the part of the map that can be seen; `id` null: a cell that stands for `count` objects. */
export interface Seen {
  readonly layer: string
  readonly id: string | null
  readonly name: string
  readonly value: string | null
  readonly status: string
  readonly exercise: boolean
  readonly count: number
}

/** What of the layers switched on is in view: counted with every picture, listed only for somebody who looks. */
export interface InView {
  /** Objects by layer; a layer with none is not there. */
  readonly counts: ReadonlyMap<string, number>
  readonly hasExercise: boolean
  /** How many rows all of them would be: a cell is one. */
  readonly rows: number
  /** At most so many, the worst grade first. */
  readonly list: (most: number) => readonly Seen[]
}

export const NOTHING_IN_VIEW: InView = { counts: new Map(), hasExercise: false, rows: 0, list: () => [] }

export interface Ref {
  readonly layer: string
  readonly id: string
}

export const isSame = (a: Ref | null, b: Ref | null): boolean => a?.layer === b?.layer && a?.id === b?.id

export function classOf(layer: Pick<LayerInfo, 'classes'>, value: unknown): LegendClass | null {
  return layer.classes.find((one) => one.value === String(value)) ?? null
}
