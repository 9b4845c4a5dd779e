/**
 * CQL2 text → conditions, for the part of the language that the builder writes. Anything else is null: it stays text, and
 * the server is the judge of it.
 */
import type { Bbox } from '@/state/model'
import { NOTHING_ASKED, sortOf, type Condition, type FieldsByName, type Group, type Operator, type Part } from './conditions'

const TOKEN = /\s*('(?:[^']|'')*'|[A-Za-z_][A-Za-z0-9_]*|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|<>|<=|>=|[<>=(),])/y

class NotOurs extends Error {}

function tokensOf(text: string): string[] {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (text.slice(TOKEN.lastIndex).trim() !== '') {
    const match = TOKEN.exec(text)
    if (!match?.[1]) throw new NotOurs()
    tokens.push(match[1])
  }
  return tokens
}

const SIGNS: Readonly<Record<string, Operator>> = { '=': 'eq', '<>': 'ne', '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge' }
const DAY_AT_MIDNIGHT = /T00:00:00\+08:00$/

class Reader {
  private at = 0

  constructor(private readonly tokens: readonly string[], private readonly fields: FieldsByName) {}

  all(): Group {
    const part = this.joined()
    if (this.at < this.tokens.length) throw new NotOurs()
    return part.kind === 'group' ? part : { ...NOTHING_ASKED, parts: [part] }
  }

  private peek(ahead = 0): string {
    return (this.tokens[this.at + ahead] ?? '').toUpperCase()
  }

  private next(): string {
    const token = this.tokens[this.at++]
    if (token === undefined) throw new NotOurs()
    return token
  }

  private expect(...words: string[]): void {
    for (const word of words) if (this.next().toUpperCase() !== word) throw new NotOurs()
  }

  /** One join at a level: `a AND b OR c` without parentheses is left as text. */
  private joined(): Part {
    const first = this.one()
    const join = this.peek()
    if (join !== 'AND' && join !== 'OR') return first
    const parts = [first]
    while (this.peek() === join) {
      this.next()
      parts.push(this.one())
    }
    if (['AND', 'OR'].includes(this.peek())) throw new NotOurs()
    return join === 'AND' ? { kind: 'group', join: 'and', parts } : (this.townships(parts) ?? { kind: 'group', join: 'or', parts })
  }

  /** Several townships are one condition. */
  private townships(parts: readonly Part[]): Condition | null {
    const values: string[] = []
    for (const part of parts) {
      if (part.kind !== 'condition' || part.operator !== 'in' || !this.isTownship(part.field)) return null
      values.push(...part.values)
    }
    const first = parts[0]
    return first?.kind === 'condition' ? { ...first, values } : null
  }

  private isTownship(field: string): boolean {
    const info = this.fields.get(field)
    return info !== undefined && sortOf(info) === 'township'
  }

  private one(): Part {
    switch (this.peek()) {
      case '(': {
        this.next()
        const inner = this.joined()
        this.expect(')')
        return inner
      }
      case 'S_INTERSECTS': return this.within()
      case 'CASEI': return this.has()
      case 'A_CONTAINS': return this.contains()
      default: return this.comparison()
    }
  }

  private within(): Part {
    this.expect('S_INTERSECTS', '(', 'GEOM', ',', 'BBOX', '(')
    const box: number[] = []
    for (let edge = 0; edge < 4; edge++) {
      box.push(Number(this.next()))
      this.expect(edge < 3 ? ',' : ')')
    }
    this.expect(')')
    if (!box.every(Number.isFinite)) throw new NotOurs()
    return { kind: 'within', box: box as unknown as Bbox }
  }

  private field(): string {
    const name = this.next()
    if (!this.fields.has(name)) throw new NotOurs()
    return name
  }

  private text(): string {
    const token = this.next()
    if (!token.startsWith("'")) throw new NotOurs()
    return token.slice(1, -1).replaceAll("''", "'")
  }

  /** The pattern without its percent signs at the ends; inner wildcards are not ours. */
  private pattern(isOpenBefore: boolean): string {
    const text = this.text()
    const match = (isOpenBefore ? /^%(.*)%$/s : /^(.*)%$/s).exec(text)
    if (match?.[1] === undefined || /(^|[^\\])(\\\\)*[%_]/.test(match[1])) throw new NotOurs()
    return match[1].replace(/\\(.)/g, '$1')
  }

  private has(): Condition {
    this.expect('CASEI', '(')
    const field = this.field()
    this.expect(')', 'LIKE', 'CASEI', '(')
    const value = this.pattern(true)
    this.expect(')')
    return { kind: 'condition', field, operator: 'has', values: [value] }
  }

  private contains(): Condition {
    this.expect('A_CONTAINS', '(')
    const field = this.field()
    this.expect(',', '(')
    const value = this.text()
    this.expect(')', ')')
    return { kind: 'condition', field, operator: 'has', values: [value] }
  }

  private value(): string {
    const word = this.peek()
    if (word === 'DATE' || word === 'TIMESTAMP') {
      this.next()
      this.expect('(')
      const value = this.text().replace(DAY_AT_MIDNIGHT, '')
      this.expect(')')
      return value
    }
    if (word.startsWith("'")) return this.text()
    const token = this.next()
    if (/^(true|false)$/i.test(token)) return token.toLowerCase()
    if (!Number.isFinite(Number(token))) throw new NotOurs()
    return token
  }

  private comparison(): Condition {
    const field = this.field()
    const made = (operator: Operator, values: readonly string[]): Condition => ({ kind: 'condition', field, operator, values })
    const word = this.next().toUpperCase()
    if (word === 'IS') {
      const isGiven = this.peek() === 'NOT'
      if (isGiven) this.next()
      this.expect('NULL')
      return made(isGiven ? 'given' : 'empty', [])
    }
    if (word === 'LIKE') return made(this.isTownship(field) ? 'in' : 'starts', [this.pattern(false)])
    if (word === 'BETWEEN') {
      const low = this.value()
      this.expect('AND')
      return made('between', [low, this.value()])
    }
    if (word === 'IN') {
      this.expect('(')
      const values = [this.value()]
      while (this.peek() === ',') {
        this.next()
        values.push(this.value())
      }
      this.expect(')')
      return made('in', values)
    }
    const operator = SIGNS[word]
    if (!operator) throw new NotOurs()
    const info = this.fields.get(field)
    const isListed = info !== undefined && ['code', 'township'].includes(sortOf(info))
    return made(operator === 'eq' && isListed ? 'in' : operator, [this.value()])
  }
}

/** The conditions of a text, or null where it says more than the builder can show. */
export function conditionsOf(text: string, fields: FieldsByName): Group | null {
  if (text.trim() === '') return NOTHING_ASKED
  try {
    return new Reader(tokensOf(text), fields).all()
  } catch (error) {
    if (error instanceof NotOurs) return null
    throw error
  }
}
