/**
 * Small lists kept as a JSON object (stock by item code, vehicles by number plate) as rows a person can order. JSON keeps no
 * order of keys: where it is not the order of the keys, each entry carries its `place`. While being edited a list is an array
 * of rows, because two rows may bear one key until that is put right.
 */
import type { Value } from './model'

export type Cells = Readonly<Record<string, Value>>

export interface EditRow {
  readonly key: string
  readonly cells: Cells
}

const PLACE = 'place'
const isNothing = (value: Value | undefined): boolean => value === null || value === undefined || value === ''
const byKey = (a: EditRow, b: EditRow): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
const isObject = (value: Value | undefined): value is { readonly [key: string]: Value } =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

function filled(cells: Cells): Cells {
  const names = Object.keys(cells).filter((name) => name !== PLACE && !isNothing(cells[name])).sort()
  return Object.fromEntries(names.map((name): [string, Value] => [name, cells[name] as Value]))
}

/** Rows in their order, of a stored object or of rows being edited. */
export function rowsOf(value: Value | undefined): EditRow[] {
  if (Array.isArray(value)) {
    return (value as readonly Value[]).flatMap((one) => (isObject(one) && isObject(one.cells) ? [{ key: String(one.key ?? ''), cells: filled(one.cells) }] : []))
  }
  if (!isObject(value)) return []
  const placeOf = (cells: Value | undefined): number => (isObject(cells) && typeof cells[PLACE] === 'number' ? cells[PLACE] : Infinity)
  return Object.entries(value)
    .map(([key, cells]) => ({ key, cells: isObject(cells) ? filled(cells) : {}, place: placeOf(cells) }))
    .sort((a, b) => (a.place === b.place ? byKey(a, b) : a.place - b.place))
    .map(({ key, cells }) => ({ key, cells }))
}

/** Rows as a value of a form; null: none. */
export const valueOfRows = (rows: readonly EditRow[]): Value =>
  (rows.length === 0 ? null : rows.map(({ key, cells }): Value => ({ key, cells: { ...cells } })))

/** What the register stores. */
export function entriesOf(value: Value | undefined): { readonly [key: string]: Value } | null {
  const rows = rowsOf(value)
  if (rows.length === 0) return null
  const isByKey = rows.every((row, index) => index === 0 || byKey(rows[index - 1] as EditRow, row) < 0)
  return Object.fromEntries(rows.map(({ key, cells }, index): [string, Value] => [key.trim(), isByKey ? { ...cells } : { ...cells, [PLACE]: index + 1 }]))
}

export const sameRows = (a: Value | undefined, b: Value | undefined): boolean => JSON.stringify(rowsOf(a)) === JSON.stringify(rowsOf(b))

/** Rows of several lists as one: a key that is taken already gets a number behind it (the register's own way for batches). */
export function joinedRows(lists: readonly (Value | undefined)[]): EditRow[] {
  const taken = new Set<string>()
  return lists.flatMap((list) => rowsOf(list)).map((row) => {
    let key = row.key
    for (let n = 2; taken.has(key); n++) key = `${row.key}-${n}`
    taken.add(key)
    return { ...row, key }
  })
}
