/**
 * Shapes the server's OpenAPI document leaves open (layers and counties answer free JSON), as docs/architecture.md promises
 * them. What the document does describe comes from schema.ts: `npm run types` writes that from a running server.
 */
export interface WireLegend {
  glyph: string
  by?: string | null
  colour: string
  width: number
  dash?: string | null
  fill_opacity: number
  worst_first: string[]
  /** Worst first; a value without labels is shown as it is stored. */
  values: { code: string; zh?: string; en?: string; colour: string }[]
}

export interface WireLayer {
  name: string
  zh: string
  en: string
  group: string
  geometry: string
  bureau: string
  legend: WireLegend
  count: number
  exercise_count: number
  version: number
  bbox?: number[] | null
  name_zoom: number
  may_write: boolean
  may_read_restricted: boolean
}

export interface WireField {
  name: string
  zh: string
  en: string
  kind: string
  unit?: string | null
  need?: string
  restricted?: boolean
  read_only?: boolean
  codes?: { code: string; zh: string; en: string }[]
}

export interface WireForm {
  help_zh?: string
  help_en?: string
  fields: { name: string; zh: string; en: string; fields: WireField[] }[]
}

export interface WireCounty {
  code: string
  name: string
  en: string
  centre: number[]
  bbox: number[] | null
  sources: { name: string; licence: string; attribution: string; url?: string | null }[]
  exercise: boolean
  has_dem: boolean
  metric_epsg?: number | null
  tianditu_key?: string | null
}
