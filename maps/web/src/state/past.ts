/** What was: changes over all layers, versions of one object, and the difference of two versions as a person reads it. */
import type { Shape } from './marks'
import type { LayerForm, Locale, Named, Value } from './model'
import { isEmpty, name, valueText } from './words'

export type Operation = 'insert' | 'update' | 'delete'

export interface Change extends Named {
  readonly at: Date
  readonly layer: string
  /** null: `rows` objects were loaded at once. */
  readonly id: string | null
  readonly version: number
  readonly operation: Operation
  readonly by: string
  /** Empty where the object has none. */
  readonly name: string
  readonly rows: number
}

export interface Bucket {
  readonly from: Date
  readonly to: Date
  readonly count: number
}

export interface Changes {
  /** Newest first, as many as were asked for. */
  readonly changes: readonly Change[]
  readonly buckets: readonly Bucket[]
}

interface Recorded {
  readonly properties: Readonly<Record<string, Value>>
  readonly geometry: Shape | null
}

export interface Version {
  readonly version: number
  readonly at: Date
  readonly by: string
  readonly operation: Operation
  readonly before: Recorded | null
  readonly after: Recorded | null
  readonly changed: readonly string[]
}

/** One line of a difference. `former` is the shape before, to be drawn. */
export interface Difference {
  readonly field: string
  readonly label: string
  /** Empty: nothing was given. For a shape both are empty and `movedM` may say more. */
  readonly before: string
  readonly after: string
  readonly former: Shape | null
  /** How far a point moved; null where it is no point. */
  readonly movedM: number | null
}

const SHAPE_WORDS: Named = { zh: '位置', en: 'Location' }
/** Fields the database works out from others, named x_computed or x_fits: they follow a change and are none. */
const FOLLOWS = /_(computed|fits)$/

const isShape = (value: unknown): value is Shape =>
  typeof value === 'object' && value !== null && 'type' in value && 'coordinates' in value

export const pointOf = (shape: Shape | null): readonly [number, number] | null => {
  if (shape?.type !== 'Point' || !Array.isArray(shape.coordinates)) return null
  const [lon, lat] = shape.coordinates as unknown[]
  return typeof lon === 'number' && typeof lat === 'number' ? [lon, lat] : null
}

type Metres = (from: readonly [number, number], to: readonly [number, number]) => number

/** What changed from the version before, in the reader's words. `metres` measures between two points. */
export function differences(version: Version, form: LayerForm, locale: Locale, metres: Metres): Difference[] {
  const { before, after } = version
  if (!before || !after) return []
  const known = new Map([...form.groups.flatMap((group) => group.fields), ...form.shapes].map((field) => [field.name, field]))
  return version.changed.filter((field) => !FOLLOWS.test(field)).map((changed): Difference => {
    const field = known.get(changed)
    const shape = changed === 'geometry'
    const [was, is] = shape ? [before.geometry, after.geometry] : [before.properties[changed] ?? null, after.properties[changed] ?? null]
    const label = shape ? name(SHAPE_WORDS, locale) : field ? name(field, locale) : changed
    if (shape || isShape(was) || isShape(is)) {
      const former = isShape(was) ? was : null
      const [from, to] = [pointOf(former), isShape(is) ? pointOf(is) : null]
      return { field: changed, label, before: '', after: '', former, movedM: from && to ? metres(from, to) : null }
    }
    const text = (value: Value): string => (isEmpty(value) ? '' : field ? valueText(field, value, locale) : String(value))
    return { field: changed, label, before: text(was as Value), after: text(is as Value), former: null, movedM: null }
  })
}
