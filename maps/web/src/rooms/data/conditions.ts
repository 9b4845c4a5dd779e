/** What a person asks of a layer, as conditions in groups; written as CQL2 text and read back from it. */
import type { Bbox, FieldInfo } from '@/state/model'

/** How the values of a field are compared and asked for. */
export type Sort = 'text' | 'code' | 'codes' | 'number' | 'date' | 'moment' | 'boolean' | 'township'

export type Operator =
  | 'has' | 'starts' | 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge' | 'between' | 'in' | 'empty' | 'given'

export interface Condition {
  readonly kind: 'condition'
  readonly field: string
  readonly operator: Operator
  /** As typed; a list for `in` and `between`. */
  readonly values: readonly string[]
}

export interface Group {
  readonly kind: 'group'
  readonly join: 'and' | 'or'
  readonly parts: readonly Part[]
}

/** Inside a box: what the map showed when it was set. */
export interface Within {
  readonly kind: 'within'
  readonly box: Bbox
}

export type Part = Condition | Group | Within

export const NOTHING_ASKED: Group = { kind: 'group', join: 'and', parts: [] }

/** Operators that need no value. */
export const BARE: readonly Operator[] = ['empty', 'given']

const OPERATORS: Readonly<Record<Sort, readonly Operator[]>> = {
  text: ['has', 'starts', 'eq', 'ne', 'empty', 'given'],
  code: ['in', 'ne', 'empty', 'given'],
  codes: ['has', 'empty', 'given'],
  number: ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'between', 'empty', 'given'],
  date: ['eq', 'lt', 'le', 'gt', 'ge', 'between', 'empty', 'given'],
  moment: ['lt', 'ge', 'between', 'empty', 'given'],
  boolean: ['eq', 'empty', 'given'],
  township: ['in', 'empty'],
}

export const operatorsOf = (field: FieldInfo): readonly Operator[] => OPERATORS[sortOf(field)]

export function sortOf(field: FieldInfo): Sort {
  if (field.name === 'admin_code') return 'township'
  if (field.kind === 'array') return 'codes'
  if (field.codes.length > 0) return 'code'
  if (field.kind === 'integer' || field.kind === 'number') return 'number'
  if (field.kind === 'date') return 'date'
  if (field.kind === 'timestamp') return 'moment'
  return field.kind === 'boolean' ? 'boolean' : 'text'
}

/** Fields a filter can name: structured ones (photographs, lists of records) have no comparison. */
export const isAskable = (field: FieldInfo): boolean =>
  !field.restricted && (field.kind === 'array'
    ? field.codes.length > 0 : ['text', 'integer', 'number', 'boolean', 'date', 'timestamp'].includes(field.kind))

export type FieldsByName = ReadonlyMap<string, FieldInfo>

/** China keeps one time zone; a day begins at its midnight. */
const DAY_BEGINS = 'T00:00:00+08:00'

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
const literalPart = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

function literal(field: FieldInfo, value: string): string {
  switch (sortOf(field)) {
    case 'number': return String(Number(value))
    case 'date': return `DATE(${quoted(value)})`
    case 'moment': return `TIMESTAMP(${quoted(/^\d{4}-\d{2}-\d{2}$/.test(value) ? value + DAY_BEGINS : value)})`
    case 'boolean': return value === 'true' ? 'TRUE' : 'FALSE'
    default: return quoted(value)
  }
}

const SIGNS: Partial<Record<Operator, string>> = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' }

/** Whether every value the operator needs is there and can be read. */
export function isComplete(condition: Condition, field: FieldInfo | undefined): boolean {
  if (!field) return false
  if (BARE.includes(condition.operator)) return true
  const needed = condition.operator === 'between' ? 2 : 1
  const { values } = condition
  if (values.length < needed || values.some((value) => value.trim() === '')) return false
  if (sortOf(field) === 'number') return values.every((value) => Number.isFinite(Number(value)))
  if (['date', 'moment'].includes(sortOf(field))) return values.every((value) => !Number.isNaN(Date.parse(value)))
  return true
}

/** A village's code begins with its township's. */
function townshipText(name: string, codes: readonly string[]): string {
  const texts = codes.map((code) => `${name} LIKE ${quoted(`${literalPart(code)}%`)}`)
  return texts.length === 1 ? (texts[0] ?? '') : `(${texts.join(' OR ')})`
}

function conditionText(condition: Condition, field: FieldInfo): string {
  const { field: name, operator, values } = condition
  const first = values[0] ?? ''
  switch (operator) {
    case 'empty': return `${name} IS NULL`
    case 'given': return `${name} IS NOT NULL`
    case 'has':
      return sortOf(field) === 'codes'
        ? `A_CONTAINS(${name}, (${quoted(first)}))`
        : `CASEI(${name}) LIKE CASEI(${quoted(`%${literalPart(first)}%`)})`
    case 'starts': return `${name} LIKE ${quoted(`${literalPart(first)}%`)}`
    case 'between': return `${name} BETWEEN ${literal(field, first)} AND ${literal(field, values[1] ?? '')}`
    case 'in':
      if (sortOf(field) === 'township') return townshipText(name, values)
      return values.length === 1
        ? `${name} = ${literal(field, first)}` : `${name} IN (${values.map((value) => literal(field, value)).join(', ')})`
    default: return `${name} ${SIGNS[operator] ?? '='} ${literal(field, first)}`
  }
}

/** CQL2 text of what is complete; null when nothing is asked. */
export function cqlOf(part: Part, fields: FieldsByName): string | null {
  if (part.kind === 'within') return `S_INTERSECTS(geom, BBOX(${part.box.map((edge) => Number(edge.toFixed(5))).join(', ')}))`
  if (part.kind === 'condition') {
    const field = fields.get(part.field)
    return field && isComplete(part, field) ? conditionText(part, field) : null
  }
  const texts = part.parts.flatMap((inner) => {
    const text = cqlOf(inner, fields)
    if (text === null) return []
    return inner.kind === 'group' && inner.parts.length > 1 ? [`(${text})`] : [text]
  })
  return texts.length === 0 ? null : texts.join(part.join === 'and' ? ' AND ' : ' OR ')
}

/** Add a condition to what is asked, in place of the one of the same field and operator that stood at the top. */
export function withCondition(root: Group, condition: Condition): Group {
  const top: Group = root.join === 'and' || root.parts.length < 2 ? { ...root, join: 'and' } : { ...NOTHING_ASKED, parts: [root] }
  const others = top.parts.filter((part) => part.kind !== 'condition' || part.field !== condition.field)
  return { ...top, parts: [...others, condition] }
}

export const withoutField = (root: Group, field: string): Group =>
  ({ ...root, parts: root.parts.filter((part) => part.kind !== 'condition' || part.field !== field) })

/** The condition on `field` at the top of what is asked. */
export function conditionOn(root: Group, field: string): Condition | null {
  if (root.join !== 'and' && root.parts.length > 1) return null
  const found = root.parts.find((part) => part.kind === 'condition' && part.field === field)
  return found?.kind === 'condition' ? found : null
}

/** What is typed above a column: `>5`, `3..8`, a day, or part of a text. Null: cannot be read yet. */
export function typedCondition(field: FieldInfo, typed: string): Condition | null {
  const text = typed.trim()
  const made = (operator: Operator, ...values: string[]): Condition | null => {
    const condition: Condition = { kind: 'condition', field: field.name, operator, values }
    return isComplete(condition, field) ? condition : null
  }
  const sort = sortOf(field)
  if (sort === 'text') return made('has', text)
  if (sort === 'codes') return made('has', text)
  if (sort === 'code' || sort === 'township') return made('in', ...text.split(',').filter((value) => value !== ''))
  if (sort === 'boolean') return made('eq', text)
  const range = /^(.+?)(?:\.\.|~|～)(.+)$/.exec(text)
  if (range?.[1] && range[2]) return made('between', range[1].trim(), range[2].trim())
  const sign = /^(<=|>=|<|>|=|≤|≥)?\s*(.+)$/.exec(text)
  const by: Readonly<Record<string, Operator>> = { '<': 'lt', '<=': 'le', '≤': 'le', '>': 'gt', '>=': 'ge', '≥': 'ge' }
  return sign?.[2] ? made(by[sign[1] ?? '='] ?? (sort === 'moment' ? 'ge' : 'eq'), sign[2]) : null
}

/** The text that `typedCondition` would read as this condition. */
export function typedText(condition: Condition | null): string {
  if (!condition) return ''
  const signs: Partial<Record<Operator, string>> = { lt: '<', le: '<=', gt: '>', ge: '>=' }
  if (condition.operator === 'between') return condition.values.join('..')
  return (signs[condition.operator] ?? '') + condition.values.join(',')
}
