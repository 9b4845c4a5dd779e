/** Which parameters apply now: what is asked for may depend on what another one says. The server knows the same rule. */
import type { Asked } from './kinds'

type Values = Readonly<Record<string, unknown>>

const isFilled = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && !(typeof value === 'object' && Object.keys(value).length === 0)

/** Of `all` those that apply with what is filled in. `beside`: what stands around them where they are parts of a parameter. */
export function applying(all: readonly Asked[], values: Values, beside: Values = {}): readonly Asked[] {
  const byName = new Map(all.map((one) => [one.name, one]))
  const valueOf = (name: string): unknown => (byName.has(name) ? values[name] ?? byName.get(name)?.schema.default : beside[name])
  const doesApply = (one: Asked): boolean => Object.entries(one.words.when ?? {}).every(([name, wanted]) => {
    const other = byName.get(name)
    if (other && !doesApply(other)) return false // what does not apply itself makes nothing apply
    return typeof wanted === 'boolean' ? isFilled(valueOf(name)) === wanted : wanted.includes(String(valueOf(name)))
  })
  return all.filter(doesApply)
}

/** What is sent: what is filled in and applies, with parts that apply. */
export function given(all: readonly Asked[], values: Values, within: (part: Asked) => readonly Asked[]): Values {
  const filled = withDefaults(all, values)
  const one = (asked: Asked, value: unknown): unknown => {
    if (asked.kind === 'part') return only(within(asked), value as Values, filled)
    return asked.kind === 'parts' && Array.isArray(value) ? value.map((part: Values) => only(within(asked), part, filled)) : value
  }
  return Object.fromEntries(applying(all, values).flatMap((asked) =>
    (values[asked.name] === undefined ? [] : [[asked.name, one(asked, values[asked.name])]])))
}
export const withDefaults = (all: readonly Asked[], values: Values): Values =>
  Object.fromEntries(all.map(({ name, schema }) => [name, values[name] ?? schema.default]))

function only(parts: readonly Asked[], value: Values, beside: Values): Values {
  const kept = new Set(applying(parts, value, beside).map(({ name }) => name))
  return Object.fromEntries(Object.entries(value).filter(([name]) => kept.has(name)))
}
