/** What there is: layers, counties, the form of a layer. The wire's shapes end in this file. */
import type { Bbox, County, FieldInfo, GeometryKind, LayerForm, LayerInfo, LegendClass } from '@/state/model'
import { getJson } from './client'
import type { WireCounty, WireField, WireForm, WireLayer, WireLegend } from './wire'

/** Half the side, in degrees, of what is shown of a county whose outline is not loaded. */
const AROUND_DEG = 0.25

function bboxOf(numbers: readonly number[] | null | undefined): Bbox | null {
  const [west, south, east, north] = numbers ?? []
  if (west === undefined || south === undefined || east === undefined || north === undefined) return null
  return [west, south, east, north]
}

function classesOf(legend: WireLegend): LegendClass[] {
  return legend.values.map(({ code, zh, en, colour }) => {
    const rank = legend.worst_first.indexOf(code)
    return { value: code, zh: zh ?? code, en: en ?? code, colour, rank: rank < 0 ? null : rank }
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
    width: wire.legend.width,
    dash: (wire.legend.dash ?? '').split(/[ ,]+/).map(Number).filter((step) => step > 0),
    fillOpacity: wire.legend.fill_opacity,
    by: wire.legend.by ?? null,
    classes: classesOf(wire.legend),
    count: wire.count,
    exerciseCount: wire.exercise_count,
    version: wire.version,
    bbox: bboxOf(wire.bbox),
    nameZoom: wire.name_zoom,
    maySeeRestricted: wire.may_read_restricted,
    mayWrite: wire.may_write,
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
    readOnly: wire.read_only ?? false,
    codes: (wire.codes ?? []).map(({ code, zh, en }) => ({ value: code, zh, en })),
  }
}

function countyOf(wire: WireCounty): County {
  const [lon, lat] = wire.centre
  if (lon === undefined || lat === undefined) throw new Error(`county ${wire.code} has no centre`)
  const bbox = bboxOf(wire.bbox) ?? [lon - AROUND_DEG, lat - AROUND_DEG, lon + AROUND_DEG, lat + AROUND_DEG]
  return {
    code: wire.code,
    zh: wire.name,
    en: wire.en,
    centre: [lon, lat],
    bbox,
    sources: wire.sources.map((source) => ({ ...source, url: source.url ?? null })),
    exercise: wire.exercise,
    hasDem: wire.has_dem,
    metricEpsg: wire.metric_epsg ?? null,
    tiandituKey: wire.tianditu_key || null,
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
    groups: wire.fields.map(({ name, zh, en, fields }) => (
      { name, zh, en, fields: fields.filter((field) => field.kind !== 'geometry').map(fieldOf) }
    )),
    shapes: wire.fields.flatMap(({ fields }) => fields.filter((field) => field.kind === 'geometry').map(fieldOf)),
  }
}
