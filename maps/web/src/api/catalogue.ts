/** What there is: layers, counties, the form of a layer. The wire's shapes end in this file. */
import type { Bbox, County, FieldInfo, GeometryKind, LayerForm, LayerInfo, LegendClass, Named } from '@/state/model'
import { getJson } from './client'
import type { components } from './schema'

type Schemas = components['schemas']
type WireLayer = Schemas['LayerSummary']
type WireForm = Schemas['LayerWithForm']
type WireField = Schemas['FormField']

/** Half the side, in degrees, of what is shown of a county whose outline is not loaded. */
const AROUND_DEG = 0.25

function bboxOf(numbers: readonly number[] | null | undefined): Bbox | null {
  const [west, south, east, north] = numbers ?? []
  if (west === undefined || south === undefined || east === undefined || north === undefined) return null
  return [west, south, east, north]
}

function classesOf(legend: WireLayer['legend']): LegendClass[] {
  return legend.values.map(({ code, zh, en, colour }) => {
    const rank = legend.worst_first.indexOf(code)
    return { value: code, zh, en, colour, rank: rank < 0 ? null : rank }
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
    by: wire.legend.by,
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
    unit: wire.unit,
    kind: wire.kind,
    needed: wire.need === 'R',
    restricted: wire.restricted,
    readOnly: wire.read_only,
    codes: wire.codes.map(({ code, zh, en }) => ({ value: code, zh, en })),
    unitBy: wire.unit_by ?? null,
    entry: wire.entry ? { key: { zh: wire.entry.key_zh, en: wire.entry.key_en }, fields: wire.entry.fields.map(fieldOf) } : null,
  }
}

function countyOf(wire: Schemas['County']): County {
  const [lon, lat] = wire.centre
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
    metricEpsg: wire.metric_epsg,
    tiandituKey: wire.tianditu_key,
  }
}

/** Every layer, with its numbers in a county (null: everywhere) at a moment (null: now). */
export async function layers(county: string | null, asOf: string | null = null, signal?: AbortSignal): Promise<LayerInfo[]> {
  const asked = new URLSearchParams({ ...(county ? { county } : {}), ...(asOf ? { as_of: asOf } : {}) })
  return (await getJson<WireLayer[]>(`/api/layers?${asked}`, signal ? { signal } : {})).map(layerOf)
}

/** The units that are words, by the unit as fields and figures name it. */
export async function units(): Promise<ReadonlyMap<string, Named>> {
  return new Map((await getJson<Schemas['UnitWord'][]>('/api/units')).map(({ unit, zh, en }) => [unit, { zh, en }]))
}

export async function counties(): Promise<County[]> {
  return (await getJson<Schemas['County'][]>('/api/counties')).map(countyOf)
}

export async function form(layer: string): Promise<LayerForm> {
  const wire = await getJson<WireForm>(`/api/layers/${layer}`)
  return {
    layer,
    help: { zh: wire.help_zh, en: wire.help_en },
    groups: wire.fields.map(({ name, zh, en, fields }) => (
      { name, zh, en, fields: fields.filter((field) => field.kind !== 'geometry').map(fieldOf) }
    )),
    shapes: wire.fields.flatMap(({ fields }) => fields.filter((field) => field.kind === 'geometry').map(fieldOf)),
  }
}
