/**
 * What becomes of second shapes and small lists when an object is cut in two or several become one. Nothing is lost unsaid: each
 * has a way that is shown, and can be chosen, before it is saved.
 */
import { merged, shareOut } from '@/map/cutting'
import type { LonLat } from '@/map/coordinates'
import { isArea, type Shape } from '@/map/shapes'
import { fieldsOf, shapeIn, type EditField, type EditForm, type Properties } from './editContent'
import { entriesOf, joinedRows, rowsOf, valueOfRows } from './editRows'
import type { Value } from './model'
import { isEmpty } from './words'

/** Of a cut: stays with the first piece, is cut by the same line, goes to each. Of a merge: together, or the keeper's only. */
export type CarryWay = 'first' | 'cut' | 'all' | 'join' | 'keeper'

export interface Carry {
  readonly field: EditField
  readonly ways: readonly CarryWay[]
  readonly way: CarryWay
  /** What each piece gets when it is cut. */
  readonly parts: readonly Value[]
  /** What the one object gets when they are joined. */
  readonly joined: Value
  /** Objects whose own is given up when only the keeper's stays. */
  readonly givenUp: number
}

const asValue = (shape: Shape | null): Value => shape as unknown as Value
const carried = (form: EditForm): EditField[] => fieldsOf(form).filter((field) => field.geometry !== null || field.entry !== null)

/** `pieces`: first the one that stays the object. */
export function carriesOfCut(form: EditForm, properties: Properties, pieces: readonly Shape[], blade: readonly LonLat[]): Carry[] {
  return carried(form).filter(({ name }) => !isEmpty(properties[name])).map((field): Carry => {
    const plain: Carry = { field, ways: ['first', 'all'], way: 'first', parts: [], joined: null, givenUp: 0 }
    const shape = field.geometry && isArea(field.geometry) ? shapeIn(properties, field.name) : null
    const shares = shape ? shareOut(shape, pieces, blade) : null
    if (!shares || !shares.parts.slice(1).some((part) => part !== null)) return plain
    return { ...plain, ways: ['cut', 'first', 'all'], way: shares.isCut ? 'cut' : 'first', parts: shares.parts.map(asValue) }
  })
}

/** What the piece at `index` has of the carried fields. */
export function carriedTo(index: number, carries: readonly Carry[], properties: Properties): Record<string, Value> {
  return Object.fromEntries(carries.map(({ field, way, parts }): [string, Value] => {
    const own = properties[field.name] ?? null
    const whole = field.entry ? entriesOf(own) : own
    return [field.name, way === 'cut' ? (parts[index] ?? null) : way === 'all' || index === 0 ? whole : null]
  }))
}

function joinedValue(field: EditField, all: readonly Properties[]): Value {
  const given = all.map((one) => one[field.name] ?? null).filter((value) => !isEmpty(value))
  if (field.entry) {
    const rows = joinedRows(given)
    return rows.length <= field.entry.most ? entriesOf(valueOfRows(rows)) : null
  }
  if (given.length === 1) return given[0] ?? null
  return field.geometry && isArea(field.geometry) ? asValue(merged(given as unknown as Shape[])) : null
}

/** `others`: the objects that are deleted after it. */
export function carriesOfMerge(form: EditForm, kept: Properties, others: readonly Properties[]): Carry[] {
  return carried(form).flatMap((field): Carry[] => {
    const givenUp = others.filter((one) => !isEmpty(one[field.name])).length
    if (givenUp === 0) return []
    const joined = joinedValue(field, [kept, ...others])
    return [{ field, ways: joined === null ? ['keeper'] : ['join', 'keeper'], way: joined === null ? 'keeper' : 'join', parts: [], joined, givenUp }]
  })
}

export const carriedByMerge = (carries: readonly Carry[]): Record<string, Value> =>
  Object.fromEntries(carries.filter(({ way }) => way === 'join').map(({ field, joined }) => [field.name, joined]))

/** How many rows a list has; null: it is no list. */
export const rowCount = (field: EditField, properties: Properties): number | null => (field.entry ? rowsOf(properties[field.name]).length : null)
