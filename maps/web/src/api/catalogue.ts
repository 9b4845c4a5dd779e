/** What there is: layers, counties, the form of a layer. The wire's shapes end in this file. */
import type { Bbox, County, FieldInfo, GeometryKind, LayerForm, LayerInfo, LegendClass } from '@/state/model'
import { getJson } from './client'
import type { WireCounty, WireField, WireForm, WireLayer, WireLegend } from './wire'

const DEFAULT_NAME_ZOOM = 12
const DEFAULT_WIDTH_PX = 1.5
const DEFAULT_FILL_OPACITY = 0.25

function bboxOf(numbers: readonly number[] | null | undefined): Bbox | null {
  const [west, south, east, north] = numbers ?? []
  if (west === undefined || south === undefined || east === undefined || north === undefined) return null
  return [west, south, east, north]
}

function classesOf(legend: WireLegend): LegendClass[] {
  const worst = legend.worst_first ?? []
  const classes = legend.classes ?? Object.entries(legend.colours ?? {}).map(([value, colour]) => (
    { value, zh: value, en: value, colour }
  ))
  return classes.map((one) => {
    const rank = worst.indexOf(one.value)
    return { value: one.value, zh: one.zh, en: one.en, colour: one.colour, rank: rank < 0 ? null : rank }
  })
}

export function layerOf(wire: WireLayer): LayerInfo {
  return {
    name: wire.name,
    zh: wire.zh,
    en: wire.en,
    group: wire.group,
    geometry: wire.geometry as GeometryKind,
    bureau: wire.bureau,
    glyph: wire.legend.glyph,
    colour: wire.legend.colour,
    width: wire.legend.width ?? DEFAULT_WIDTH_PX,
    dash: (wire.legend.dash ?? '').split(/[ ,]+/).map(Number).filter((step) => step > 0),
    fillOpacity: wire.legend.fill_opacity ?? DEFAULT_FILL_OPACITY,
    by: wire.legend.by ?? null,
    classes: classesOf(wire.legend),
    count: wire.count,
    exerciseCount: wire.exercise_count,
    version: wire.version,
    bbox: bboxOf(wire.bbox),
    nameZoom: wire.name_zoom ?? DEFAULT_NAME_ZOOM,
    maySeeRestricted: wire.may_read_restricted,
  }
}

export function fieldOf(wire: WireField): FieldInfo {
  return {
    name: wire.name,
    zh: wire.zh,
    en: wire.en,
    unit: wire.unit ?? null,
    kind: wire.kind,
    needed: wire.need === 'R',
    restricted: wire.restricted ?? false,
    codes: (wire.codes ?? []).map(({ code, zh, en }) => ({ value: code, zh, en })),
  }
}

function countyOf(wire: WireCounty): County {
  const bbox = bboxOf(wire.bbox)
  const [lon, lat] = wire.centre
  if (bbox === null || lon === undefined || lat === undefined) throw new Error(`county ${wire.code} has no extent`)
  return {
    code: wire.code,
    zh: wire.name,
    en: wire.en,
    centre: [lon, lat],
    bbox,
    sources: wire.sources.map((source) => ({ ...source, url: source.url ?? null })),
    exercise: wire.exercise,
    hasDem: wire.has_dem,
  }
}

export async function layers(): Promise<LayerInfo[]> {
  return (await getJson<WireLayer[]>('/api/layers')).map(layerOf)
}

export async function counties(): Promise<County[]> {
  return (await getJson<WireCounty[]>('/api/counties')).map(countyOf)
}

export async function form(layer: string): Promise<LayerForm> {
  const wire = await getJson<WireForm>(`/api/layers/${layer}`)
  return {
    layer,
    help: { zh: wire.help_zh ?? '', en: wire.help_en ?? '' },
    groups: wire.groups.map(({ name, zh, en, fields }) => (
      { name, zh, en, fields: fields.filter((field) => field.kind !== 'geometry').map(fieldOf) }
    )),
  }
}
