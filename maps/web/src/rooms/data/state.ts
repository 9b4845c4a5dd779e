/** The data room: one layer as a table. Rows come a page at a time as they are scrolled to; the filter is the address's. */
import { defineStore } from 'pinia'
import { computed, ref, shallowReactive, shallowRef, watch } from 'vue'
import { page, type DataRow } from '@/api/rows'
import { townshipNames } from '@/api/townships'
import { useCatalogue } from '@/state/catalogue'
import type { FieldInfo, LayerForm, Named } from '@/state/model'
import { useView } from '@/state/view'
import { firstColumns, keepColumns, keptColumns, tableFields } from './columns'
import { cqlOf, NOTHING_ASKED, type Group } from './conditions'
import { conditionsOf } from './reading'

export const PAGE_ROWS = 200
/** As many rows as one answer may hold (threshold `items.max_limit`): more cannot be picked out on the map. */
export const MOST_MATCHED = 10_000

export type Pane = 'table' | 'charts'

export interface Order {
  readonly field: string
  readonly isDescending: boolean
}

export const orderText = (order: Order | null): string | null =>
  order && `${order.isDescending ? '-' : ''}${order.field}`

export function orderOf(text: string | null): Order | null {
  const match = /^([+-]?)([a-z][a-z0-9_]*)$/.exec(text ?? '')
  return match?.[2] ? { field: match[2], isDescending: match[1] === '-' } : null
}

const isStopped = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'

export const useData = defineStore('data', () => {
  const catalogue = useCatalogue()
  const view = useView()
  const layer = ref<string | null>(null)
  const form = shallowRef<LayerForm | null>(null)
  const pane = ref<Pane>('table')
  /** What the builder shows; null while the text says more than it can show. */
  const asked = shallowRef<Group | null>(NOTHING_ASKED)
  /** The filter in force, as CQL2 text; null: none. */
  const filter = ref<string | null>(null)
  const order = ref<Order | null>(null)
  const columns = shallowRef<readonly string[]>([])
  const rows = shallowReactive(new Map<number, DataRow>())
  const matched = ref<number | null>(null)
  const selected = shallowRef<ReadonlyMap<string, DataRow>>(new Map())
  const error = shallowRef<unknown>(null)
  const townships = shallowRef<readonly (Named & { readonly code: string })[]>([])
  /** Everything that matches, for the map; null: no filter, too many, or still on its way. */
  const matching = shallowRef<readonly DataRow[] | null>(null)
  /** Raised when the rows are read anew. */
  const reading = ref(0)
  const waiting = ref(0)
  let stop = new AbortController()
  const pagesAsked = new Set<number>()
  let everything: { key: string; rows: Promise<readonly DataRow[]> } | null = null

  /** The county whose rows are listed; null: the only one that is loaded. */
  const county = computed(() => (catalogue.counties.length > 1 ? view.county : null))
  const info = computed(() => catalogue.byName.get(layer.value ?? '') ?? null)
  const fields = computed<readonly FieldInfo[]>(() => (form.value ? tableFields(form.value) : []))
  const byName = computed(() => new Map(fields.value.map((field) => [field.name, field])))
  const shownFields = computed(() => columns.value.flatMap((name) => byName.value.get(name) ?? []))
  const tooMany = computed(() => filter.value !== null && (matched.value ?? 0) > MOST_MATCHED)

  const properties = (): string[] => {
    const by = info.value?.by
    const always = ['name', 'code', 'source', 'status', ...(by ? [by] : [])].filter((name) => byName.value.has(name))
    return [...new Set([...always, ...columns.value])]
  }

  function begin(): void {
    stop.abort()
    stop = new AbortController()
    pagesAsked.clear()
    rows.clear()
    everything = null
    matched.value = null
    matching.value = null
    error.value = null
    reading.value += 1
  }

  /** Open a layer; what the address asks of it may name fields it does not have: the server says so. */
  async function open(name: string, text: string | null, by: Order | null): Promise<void> {
    if (layer.value !== name) selected.value = new Map()
    if (layer.value !== name) form.value = null
    layer.value = name
    filter.value = text
    order.value = by
    begin()
    const mine = stop.signal
    try {
      const [read] = await Promise.all([catalogue.formOf(name), readTownships()])
      if (mine.aborted) return
      form.value = read
      columns.value = keptColumns(name, read) ?? (info.value ? firstColumns(read, info.value) : [])
      asked.value = conditionsOf(text ?? '', byName.value)
      await readPage(0)
    } catch (problem) {
      if (!mine.aborted) error.value = problem
    }
  }

  async function readTownships(): Promise<void> {
    if (townships.value.length > 0) return
    townships.value = await townshipNames(county.value)
  }

  async function readPage(number: number): Promise<void> {
    const name = layer.value
    if (name === null || pagesAsked.has(number)) return
    pagesAsked.add(number)
    const mine = stop.signal
    const window = {
      sortby: orderText(order.value), offset: number * PAGE_ROWS, limit: PAGE_ROWS, properties: properties(),
    }
    waiting.value += 1
    try {
      const read = await page({ layer: name, filter: filter.value, asOf: view.asOf, county: county.value }, window, mine)
      if (mine.aborted) return
      read.rows.forEach((row, at) => rows.set(window.offset + at, row))
      matched.value = read.matched
      if (number === 0) void readMatching()
    } catch (problem) {
      pagesAsked.delete(number)
      if (!isStopped(problem) && !mine.aborted) error.value = problem
    } finally {
      waiting.value -= 1
    }
  }

  /** All that matches, in the table's order, with what the map needs to draw it. Undefined when it is too many. */
  async function all(): Promise<readonly DataRow[] | undefined> {
    const name = layer.value
    if (name === null || matched.value === null || matched.value > MOST_MATCHED) return undefined
    const key = [name, filter.value, orderText(order.value), reading.value].join('|')
    if (everything?.key !== key) {
      const by = info.value?.by
      const wanted = ['name', 'code', 'source', 'status', ...(by ? [by] : [])].filter((one) => byName.value.has(one))
      const window = { sortby: orderText(order.value), offset: 0, limit: MOST_MATCHED, properties: wanted }
      everything = { key, rows: page({ layer: name, filter: filter.value, asOf: view.asOf, county: county.value }, window, stop.signal).then((read) => read.rows) }
      everything.rows.catch(() => {
        everything = null
      })
    }
    return await everything.rows
  }

  // Another county: other rows, other townships to choose from.
  watch(county, () => {
    townships.value = []
    selected.value = new Map()
    if (layer.value !== null) void open(layer.value, filter.value, order.value)
  })

  async function readMatching(): Promise<void> {
    if (filter.value === null || tooMany.value) return
    const mine = stop.signal
    try {
      const read = await all()
      if (!mine.aborted) matching.value = read ?? null
    } catch (problem) {
      if (!isStopped(problem) && !mine.aborted) error.value = problem
    }
  }

  async function readAgain(): Promise<void> {
    if (!form.value) return layer.value === null ? undefined : await open(layer.value, filter.value, order.value)
    begin()
    await readPage(0)
  }

  /** Rows `first`…`last` will be looked at: read the pages they are on. */
  function want(first: number, last: number): void {
    if (matched.value === null || error.value !== null) return
    const end = Math.min(last, matched.value - 1)
    for (let number = Math.floor(first / PAGE_ROWS); number * PAGE_ROWS <= end; number++) void readPage(number)
  }

  function ask(group: Group): void {
    asked.value = group
    const text = cqlOf(group, byName.value)
    if (text !== filter.value) setFilter(text)
  }

  /** The filter as text, written by hand. */
  function askText(text: string): void {
    const given = text.trim() === '' ? null : text.trim()
    asked.value = conditionsOf(given ?? '', byName.value)
    setFilter(given)
  }

  function setFilter(text: string | null): void {
    filter.value = text
    void readAgain()
  }

  function sortBy(by: Order | null): void {
    order.value = by
    void readAgain()
  }

  function chooseColumns(names: readonly string[] | null): void {
    if (!layer.value || !form.value || !info.value) return
    keepColumns(layer.value, names)
    const before = new Set(columns.value)
    columns.value = names ?? firstColumns(form.value, info.value)
    if (columns.value.some((name) => !before.has(name))) void readAgain()
  }

  function select(picked: readonly DataRow[], isOn: boolean): void {
    const next = new Map(selected.value)
    for (const row of picked) {
      if (isOn) next.set(row.id, row)
      else next.delete(row.id)
    }
    selected.value = next
  }

  const clearSelection = (): void => {
    selected.value = new Map()
  }

  async function selectAll(): Promise<void> {
    const read = await all()
    if (read) selected.value = new Map(read.map((row) => [row.id, row]))
  }

  /** Select everything between two places in the table, loaded or not. */
  async function selectRange(from: number, to: number): Promise<void> {
    const [first, last] = [Math.min(from, to), Math.max(from, to)]
    const numbers = Array.from(
      { length: Math.floor(last / PAGE_ROWS) - Math.floor(first / PAGE_ROWS) + 1 }, (_, at) => Math.floor(first / PAGE_ROWS) + at,
    )
    await Promise.all(numbers.map(readPage))
    const picked = Array.from({ length: last - first + 1 }, (_, at) => rows.get(first + at))
    select(picked.filter((row): row is DataRow => row !== undefined), true)
  }

  /** Where an object stands in the table; -1: not among what matches; null: cannot be known without reading too much. */
  async function placeOf(id: string): Promise<number | null> {
    for (const [at, row] of rows) if (row.id === id) return at
    const read = await all()
    return read ? read.findIndex((row) => row.id === id) : null
  }

  function forget(): void {
    stop.abort()
    matching.value = null
    selected.value = new Map()
  }

  return {
    layer, form, pane, asked, filter, order, columns, rows, matched, selected, error, townships, matching, reading, waiting,
    county, info, fields, byName, shownFields, tooMany,
    open, all, readAgain, want, ask, askText, sortBy, chooseColumns, select, clearSelection, selectAll, selectRange, placeOf,
    forget,
  }
})
