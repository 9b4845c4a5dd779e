/** Reading a feature to change it, and the writes. The wire's shapes end here. */
import type { Shape } from '@/map/shapes'
import type { EditField, EditForm, Need, Patch, Stored } from '@/state/editContent'
import type { Bbox, Ref, Value } from '@/state/model'
import { fieldOf } from './catalogue'
import { getJson, write, writeJson } from './client'
import type { components } from './schema'

type WireEditField = components['schemas']['FormField']
type WireEditForm = components['schemas']['LayerWithForm']

interface WireFeature {
  id: string | number
  properties: Record<string, Value>
  geometry: Shape | null
  checks?: { check: string; field: string | null; zh: string; en: string }[]
}

export interface Saved {
  readonly id: string
  readonly version: number
}

interface WireSaved {
  id: string | number
  version: number
}

const itemOf = ({ layer, id }: Ref): string => `/ogc/collections/${layer}/items/${encodeURIComponent(id)}`

const needOf = (need: string | undefined): Need => (need === 'R' || need === 'r' ? need : '')

const editFieldOf = (wire: WireEditField): EditField => ({
  ...fieldOf(wire),
  widget: wire.widget,
  help: { zh: wire.help_zh, en: wire.help_en },
  rule: { zh: wire.rule_zh, en: wire.rule_en },
  limits: wire.limits,
  need: needOf(wire.need),
  required: wire.required,
  preset: (wire.default ?? null) as Value,
  ref: wire.ref,
  geometry: wire.geometry,
  entry: wire.entry ? { key: { zh: wire.entry.key_zh, en: wire.entry.key_en }, most: wire.entry.max, fields: wire.entry.fields.map(editFieldOf) } : null,
})

/** The feature's own shape is no field of the form. */
const OWN_SHAPE = 'geom'

/** The fields a person may write: no computed ones, restricted ones only where `seesRestricted`. */
export async function editForm(layer: string, seesRestricted: boolean): Promise<EditForm> {
  const wire = await getJson<WireEditForm>(`/api/layers/${layer}`)
  const isWritable = (field: WireEditField): boolean =>
    !field.read_only && !field.computed && field.name !== OWN_SHAPE && (field.kind !== 'object' || !!field.entry) && (seesRestricted || !field.restricted)
  const groups = wire.fields.map(({ name, zh, en, fields }) => ({ name, zh, en, fields: fields.filter(isWritable).map(editFieldOf) }))
  return {
    layer, help: { zh: wire.help_zh, en: wire.help_en }, groups: groups.filter((group) => group.fields.length > 0),
    rules: Object.fromEntries(wire.checks.map(({ name, rule }) => [name, rule])),
  }
}

export async function stored(ref: Ref): Promise<Stored> {
  const wire = await getJson<WireFeature>(itemOf(ref), { cache: 'no-cache' })
  return {
    id: String(wire.id), version: Number(wire.properties.version), properties: wire.properties, shape: wire.geometry,
    questions: (wire.checks ?? []).map(({ check, field, zh, en }) => ({ check, field, zh, en })),
  }
}

const savedOf = ({ id, version }: WireSaved): Saved => ({ id: String(id), version })

export interface Created {
  readonly properties: Record<string, Value>
  readonly geometry: Shape | null
}

export async function create(layer: string, { properties, geometry }: Created, key: string): Promise<Saved> {
  const body = { type: 'Feature', properties, geometry }
  return savedOf(await writeJson<WireSaved>(`/ogc/collections/${layer}/items`, { method: 'POST', body, type: 'application/geo+json', key }))
}

export async function patch(ref: Ref, version: number, body: Patch, key: string): Promise<Saved> {
  return savedOf(await writeJson<WireSaved>(itemOf(ref), { method: 'PATCH', body, type: 'application/merge-patch+json', version, key }))
}

export async function remove(ref: Ref, version: number, key: string): Promise<void> {
  await write(itemOf(ref), { method: 'DELETE', version, key })
}

/** Make `version` the newest again; also brings back what was removed. */
export async function restore(ref: Ref, version: number, key: string): Promise<Saved> {
  const { versions } = await getJson<{ versions: { version: number }[] }>(`${itemOf(ref)}/versions`)
  const newest = Math.max(...versions.map((one) => one.version))
  return savedOf(await writeJson<WireSaved>(`${itemOf(ref)}/versions/${version}/restore`, { method: 'POST', version: newest, key }))
}

export interface Edits {
  readonly create: readonly Created[]
  readonly update: readonly { readonly id: string; readonly version: number; readonly properties?: Record<string, Value>; readonly geometry: Shape }[]
  readonly delete: readonly { readonly id: string; readonly version: number }[]
}

/** Several writes of one layer as one: all are made or none. */
export async function edits(layer: string, batch: Edits, key: string): Promise<{ created: readonly { id: string }[] }> {
  const numbered = <T extends { id: string }>(one: T): Omit<T, 'id'> & { id: number } => ({ ...one, id: Number(one.id) })
  const wire = await writeJson<{ created?: { id: string | number }[] }>(`/api/layers/${layer}/edits`, {
    method: 'POST', key,
    body: {
      create: batch.create.map((one) => ({ type: 'Feature', ...one })),
      update: batch.update.map((one) => ({ properties: {}, ...numbered(one) })),
      delete: batch.delete.map(numbered),
    },
  })
  return { created: (wire.created ?? []).map(({ id }) => ({ id: String(id) })) }
}

export interface Neighbour {
  readonly layer: string
  readonly id: string
  readonly shape: Shape
}

/** Most shapes of one layer that are read to snap to. */
const MOST_NEIGHBOURS = 400

/** Exact shapes of a layer inside `box`, to snap to. */
export async function neighbours(layer: string, box: Bbox, signal: AbortSignal): Promise<Neighbour[]> {
  const path = `/ogc/collections/${layer}/items?bbox=${box.join()}&properties=code&limit=${MOST_NEIGHBOURS}`
  const { features } = await getJson<{ features: WireFeature[] }>(path, { signal })
  return features.flatMap(({ id, geometry }) => (geometry ? [{ layer, id: String(id), shape: geometry }] : []))
}

/** A box needs some extent to meet anything: a tenth of a metre. */
const HAIR_DEG = 5e-7

/** The township a place lies in; null where none is known. */
export async function townshipAt(lon: number, lat: number): Promise<string | null> {
  const box = [lon - HAIR_DEG, lat - HAIR_DEG, lon + HAIR_DEG, lat + HAIR_DEG].map((degree) => degree.toFixed(8))
  const path = `/ogc/collections/townships/items?bbox=${box.join()}&properties=code,admin_code&limit=2`
  const { features } = await getJson<{ features: WireFeature[] }>(path)
  const codes = features.map(({ properties }) => String(properties.admin_code ?? properties.code ?? ''))
  return codes.length === 1 ? (codes[0] ?? null) : null // on a border a person decides
}
