/** Which columns a table has: a first choice by the layer's form, and what this person chose, kept in this browser. */
import type { FieldInfo, LayerForm, LayerInfo } from '@/state/model'
import { sortOf } from './conditions'

/** More than this a first look does not need. */
const FIRST_COLUMNS = 11
const KEY = 'anlan.columns'
const WIDE_PX = 220
const WIDTHS_PX: Readonly<Record<string, number>> = {
  text: 150, code: 118, codes: 170, number: 112, date: 112, moment: 150, boolean: 84, township: 132,
}
const HEAD_CHARACTER_PX = 15

/** Fields a table can show: no restricted ones (looking at those is a recorded act of one object), no photographs. */
export function tableFields(form: LayerForm): FieldInfo[] {
  return form.groups.flatMap((group) => group.fields)
    .filter((field) => !field.restricted && field.name !== 'id' && (field.kind !== 'array' || field.codes.length > 0))
}

export function firstColumns(form: LayerForm, layer: Pick<LayerInfo, 'by'>): string[] {
  const fields = tableFields(form)
  const own = new Set(form.groups.find((group) => group.name === 'own')?.fields.map((field) => field.name) ?? [])
  const wanted = [
    'name', 'admin_code', layer.by, 'status',
    ...fields.filter((field) => own.has(field.name) && field.needed).map((field) => field.name),
    'duty_person', 'code', 'verify', 'updated_at',
  ]
  const known = new Set(fields.map((field) => field.name))
  const first = [...new Set(wanted.filter((name): name is string => name !== null && known.has(name)))]
  // The last ones say who keeps the row and how fresh it is: they stay, the middle gives way.
  const tail = first.filter((name) => ['verify', 'updated_at'].includes(name))
  return [...first.filter((name) => !tail.includes(name)).slice(0, FIRST_COLUMNS - tail.length), ...tail]
}

export function widthOf(field: FieldInfo, words: string): number {
  if (field.name === 'name') return WIDE_PX
  const heading = words.length * HEAD_CHARACTER_PX * (/[一-鿿]/.test(words) ? 1 : 0.55) + 44
  return Math.max(WIDTHS_PX[sortOf(field)] ?? 0, Math.min(WIDE_PX, heading))
}

type Kept = Record<string, string[]>

function kept(): Kept {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Kept
  } catch {
    return {}
  }
}

export function keptColumns(layer: string, form: LayerForm): string[] | null {
  const known = new Set(tableFields(form).map((field) => field.name))
  const columns = kept()[layer]?.filter((name) => known.has(name)) ?? []
  return columns.length > 0 ? columns : null
}

/** Null forgets the choice. Storage that is off or full keeps the choice for this visit only. */
export function keepColumns(layer: string, columns: readonly string[] | null): void {
  const all = kept()
  if (columns) all[layer] = [...columns]
  else delete all[layer]
  try {
    localStorage.setItem(KEY, JSON.stringify(all))
  } catch {
    // the page still holds the choice
  }
}
