/** What is being edited: fields and shape, before and after; the stack of undo; three versions of one thing brought together. */
import { sameShape, type Shape } from '@/map/shapes'
import type { FieldInfo, Named, Value } from './model'
import { entriesOf, rowsOf, sameRows } from './editRows'
import { isEmpty } from './words'

export type Need = 'R' | 'r' | ''

export interface Limits {
  readonly ge?: number
  readonly le?: number
  readonly gt?: number
  readonly lt?: number
  readonly min_length?: number
  readonly max_length?: number
  readonly pattern?: string
}

/** A field as a form needs it. */
export interface EditField extends FieldInfo {
  readonly widget: string
  readonly help: Named
  readonly rule: Named
  readonly limits: Limits
  readonly need: Need
  readonly required: boolean
  readonly preset: Value
  /** Layer whose codes this names. */
  readonly ref: string | null
  /** Kind of shape, where the field holds a second one such as a danger zone. */
  readonly geometry: string | null
  /** Of a small list: what its rows are kept under, how many it takes, and the fields of a row. */
  readonly entry: EditEntry | null
}

export interface EditEntry {
  readonly key: Named
  readonly most: number
  readonly fields: readonly EditField[]
}

export interface EditGroup extends Named {
  readonly name: string
  readonly fields: readonly EditField[]
}

export interface EditForm {
  readonly layer: string
  readonly help: Named
  readonly groups: readonly EditGroup[]
  /** Rules of the checks, CQL2, by name. */
  readonly rules: Readonly<Record<string, string>>
}

/** Something the register asks about a stored feature: not wrong, but unusual, or still missing. */
export interface Question extends Named {
  readonly check: string
  readonly field: string | null
}

export type Properties = Readonly<Record<string, Value>>

export interface Content {
  readonly properties: Properties
  readonly shape: Shape | null
}

/** The stored feature a change was begun on. */
export interface Stored extends Content {
  readonly id: string
  readonly version: number
  readonly questions: readonly Question[]
}

export const fieldsOf = (form: EditForm): EditField[] => form.groups.flatMap((group) => [...group.fields])

/** The fields a question is about: the one it names, or those its rule speaks of. */
export function fieldsAsked(form: EditForm, { check, field }: Question): EditField[] {
  const words = new Set((form.rules[check] ?? '').match(/[a-z_][a-z0-9_]*/g) ?? [])
  return fieldsOf(form).filter(({ name }) => name === field || words.has(name))
}

/** Empty text, empty list and nothing are the same to the register. */
export const sameValue = (a: Value | undefined, b: Value | undefined): boolean =>
  (isEmpty(a) && isEmpty(b)) || JSON.stringify(a) === JSON.stringify(b)

const asShape = (value: Value | undefined): Shape | null => (isEmpty(value) ? null : (value as unknown as Shape))

/** The shape a second-shape field holds. */
export const shapeIn = (properties: Properties, field: string): Shape | null => asShape(properties[field])

/** Fields that hold a second shape. */
export const shapeFields = (form: EditForm): EditField[] => fieldsOf(form).filter((field) => field.geometry !== null)

/** As `sameValue`, by what the field is: lists by their rows, shapes by their coordinates. */
export function sameIn(field: EditField, a: Value | undefined, b: Value | undefined): boolean {
  if (field.entry) return sameRows(a, b)
  return field.geometry ? sameShape(asShape(a), asShape(b)) : sameValue(a, b)
}

/** As the register stores it. */
const storable = (field: EditField, value: Value | undefined): Value => (isEmpty(value) ? null : field.entry ? entriesOf(value) : (value as Value))

export function changedFields(form: EditForm, before: Properties, after: Properties): EditField[] {
  return fieldsOf(form).filter((field) => !sameIn(field, before[field.name], after[field.name]))
}

export const isChanged = (form: EditForm, before: Content, after: Content): boolean =>
  !sameShape(before.shape, after.shape) || changedFields(form, before.properties, after.properties).length > 0

export interface Patch {
  readonly properties: Record<string, Value>
  readonly geometry?: Shape
}

/** The merge patch that turns `before` into `after`; what did not change is left out. */
export function patchOf(form: EditForm, before: Content, after: Content): Patch {
  const properties = Object.fromEntries(changedFields(form, before.properties, after.properties).map((field): [string, Value] =>
    [field.name, storable(field, after.properties[field.name])]))
  return sameShape(before.shape, after.shape) || !after.shape ? { properties } : { properties, geometry: after.shape }
}

/** Only what the form may write, as a new feature would carry it. */
export function ownProperties(form: EditForm, properties: Properties): Record<string, Value> {
  return Object.fromEntries(fieldsOf(form).map((field): [string, Value] => [field.name, storable(field, properties[field.name])])
    .filter(([, value]) => !isEmpty(value)))
}

// -- undo -------------------------------------------------------------------------------------------------------------

const MOST_STEPS = 200

/** Snapshots share what did not change, so two hundred of them cost little. */
export class Stack {
  private constructor(
    private readonly past: readonly Content[], readonly now: Content, private readonly future: readonly Content[],
    private readonly step: string | null,
  ) {}

  static from(content: Content): Stack {
    return new Stack([], content, [], null)
  }

  get canUndo(): boolean {
    return this.past.length > 0
  }

  get canRedo(): boolean {
    return this.future.length > 0
  }

  /** Changes of the same `step` one after the other (typing into a field) are one step of undo. */
  change(next: Content, step: string | null = null): Stack {
    if (step !== null && step === this.step) return new Stack(this.past, next, [], step)
    return new Stack([...this.past, this.now].slice(-MOST_STEPS), next, [], step)
  }

  undo(): Stack {
    const before = this.past[this.past.length - 1]
    return before ? new Stack(this.past.slice(0, -1), before, [this.now, ...this.future], null) : this
  }

  redo(): Stack {
    const [next, ...rest] = this.future
    return next ? new Stack([...this.past, this.now], next, rest, null) : this
  }
}

// -- two people, one thing --------------------------------------------------------------------------------------------

export type Side = 'mine' | 'theirs'
/** The shape among the fields of a conflict. */
export const SHAPE = 'geometry'
/** How a place was taken belongs to the place: these go with the shape that is chosen. */
export const TAKEN_WITH_SHAPE: readonly string[] = ['coord_raw', 'coord_crs', 'coord_method']

export interface Conflict {
  readonly before: Content
  readonly mine: Content
  readonly theirs: Stored
  /** Names changed on both sides to something different, SHAPE for the shape: a person must choose. */
  readonly both: readonly string[]
  readonly onlyMine: readonly string[]
  readonly onlyTheirs: readonly string[]
}

export function conflictOf(form: EditForm, before: Content, mine: Content, theirs: Stored): Conflict {
  const [both, onlyMine, onlyTheirs] = [[] as string[], [] as string[], [] as string[]]
  const sort = (name: string, isMine: boolean, isTheirs: boolean, isSame: boolean): void => {
    if (isMine && isTheirs && !isSame) both.push(name)
    else if (isMine && !isTheirs) onlyMine.push(name)
    else if (isTheirs && !isMine) onlyTheirs.push(name)
  }
  const isShapeOpen = ![mine.shape, theirs.shape].some((shape) => sameShape(before.shape, shape)) && !sameShape(mine.shape, theirs.shape)
  for (const field of fieldsOf(form)) {
    const { name } = field
    if (isShapeOpen && TAKEN_WITH_SHAPE.includes(name)) continue
    const [was, own, other] = [before.properties[name], mine.properties[name], theirs.properties[name]]
    sort(name, !sameIn(field, was, own), !sameIn(field, was, other), sameIn(field, own, other))
  }
  sort(SHAPE, !sameShape(before.shape, mine.shape), !sameShape(before.shape, theirs.shape), sameShape(mine.shape, theirs.shape))
  return { before, mine, theirs, both, onlyMine, onlyTheirs }
}

/** Theirs, with what only I changed and what was chosen as mine. */
export function reconciled(conflict: Conflict, choice: Readonly<Record<string, Side>>): Content {
  const mine = new Set([...conflict.onlyMine, ...conflict.both.filter((name) => choice[name] === 'mine')])
  const properties: Record<string, Value> = { ...conflict.theirs.properties }
  if (conflict.both.includes(SHAPE) && mine.has(SHAPE)) TAKEN_WITH_SHAPE.forEach((name) => mine.add(name))
  for (const name of mine) {
    if (name !== SHAPE && name in conflict.mine.properties) properties[name] = conflict.mine.properties[name] ?? null
  }
  return { properties, shape: mine.has(SHAPE) ? conflict.mine.shape : conflict.theirs.shape }
}

// -- rules said before the server says them ---------------------------------------------------------------------------

export type Breach = 'required' | 'number' | 'low' | 'high' | 'short' | 'long' | 'form' | 'rows'
/** What is against a row's key. */
export type KeyBreach = 'required' | 'twice' | 'long'

const KEY_MOST = 64

export function keyBreachOf(rows: readonly { readonly key: string }[], index: number): KeyBreach | null {
  const key = rows[index]?.key.trim() ?? ''
  if (key === '') return 'required'
  if (key.length > KEY_MOST) return 'long'
  return rows.some((row, at) => at < index && row.key.trim() === key) ? 'twice' : null
}

const rowsBreach = (entry: EditEntry, value: Value): Breach | null => {
  const rows = rowsOf(value)
  const isWrong = rows.some(({ cells }, index) => keyBreachOf(rows, index) !== null || entry.fields.some((cell) => breachOf(cell, cells[cell.name]) !== null))
  return rows.length > entry.most || isWrong ? 'rows' : null
}

/** What the field's own rule says against a value; null: nothing. The server has the last word. */
export function breachOf(field: EditField, value: Value | undefined): Breach | null {
  if (isEmpty(value)) return field.required ? 'required' : null
  if (field.entry) return rowsBreach(field.entry, value as Value)
  const { limits } = field
  if (field.kind === 'integer' || field.kind === 'number') return numberBreach(field, value as Value)
  if (typeof value !== 'string') return null
  if (limits.min_length !== undefined && [...value].length < limits.min_length) return 'short'
  if (limits.max_length !== undefined && [...value].length > limits.max_length) return 'long'
  return limits.pattern !== undefined && !new RegExp(limits.pattern, 'u').test(value) ? 'form' : null
}

function numberBreach({ kind, limits }: EditField, value: Value): Breach | null {
  if (typeof value !== 'number' || (kind === 'integer' && !Number.isInteger(value))) return 'number'
  if ((limits.ge !== undefined && value < limits.ge) || (limits.gt !== undefined && value <= limits.gt)) return 'low'
  return (limits.le !== undefined && value > limits.le) || (limits.lt !== undefined && value >= limits.lt) ? 'high' : null
}

/** A number as people type it (full-width digits, spaces, thousands commas); the text itself when it is none. */
export function numberTyped(text: string): number | string | null {
  const plain = text.normalize('NFKC').replace(/[\s,]/g, '')
  if (plain === '') return null
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : text
}

/** One entry a line. */
export const listTyped = (text: string): readonly string[] => text.split('\n').map((line) => line.trim()).filter((line) => line !== '')
