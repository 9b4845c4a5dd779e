/** What the hand does on the map while editing: reshape, draw, cut in two, choose areas to merge; and what it snaps to. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import * as api from '@/api/editing'
import { Problem, Unreachable, newKey } from '@/api/client'
import type { EditMode, EditPicture, Ghost } from '@/map/editing'
import { IDLE } from '@/map/editing'
import type { LonLat } from '@/map/coordinates'
import { drawnShape, isArea, isPoint, removed, strands, vertexCount, type Path, type Shape } from '@/map/shapes'
import type { Carry, CarryWay } from './editCarry'
import { ownProperties, shapeFields, shapeIn, type EditField, type Properties, type Stored } from './editContent'
import { useCatalogue } from './catalogue'
import { useEditing } from './editing'
import type { Bbox, Ref, Value } from './model'
import { useSecondShapes } from './secondShapes'
import { useSettings } from './settings'
import { useView } from './view'
import { name as nameOf } from './words'

export type HandTool = 'shape' | 'draw' | 'split' | 'merge'

/** A piece a cut makes; the first keeps the identity, the others become new features. */
export interface Piece {
  readonly shape: Shape
  readonly code: string
  readonly name: string
}

export type Trouble = 'fewest' | 'noCut' | 'notWhole' | 'unreachable'

/** From this zoom on neighbours are read to snap to: farther out nobody aims at a vertex. */
const SNAP_ZOOM = 12
const CODE_MOST = 64

export const useEditTools = defineStore('edit-tools', () => {
  const editing = useEditing()
  const catalogue = useCatalogue()
  const view = useView()
  const settings = useSettings()
  const second = useSecondShapes()

  /** The field whose shape is under the hand; null: the object's own. */
  const target = shallowRef<EditField | null>(null)
  const tool = ref<HandTool>('shape')
  const selected = shallowRef<Path | null>(null)
  const sketch = shallowRef<readonly LonLat[]>([])
  const snaps = ref(true)
  const near = shallowRef<readonly api.Neighbour[]>([])
  const pieces = shallowRef<readonly Piece[] | null>(null)
  /** What a cut or a merge does with second shapes and lists. */
  const carries = shallowRef<readonly Carry[]>([])
  /** Areas chosen to merge with the one being edited. */
  const partners = shallowRef<readonly Stored[]>([])
  /** Whose facts stay after a merge. */
  const keeper = ref<string | null>(null)
  const trouble = ref<Trouble | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const isBusy = ref(false)
  /** What is shown of a conflict: the shape under consideration. */
  const ghosts = shallowRef<readonly Ghost[]>([])

  const kind = computed(() => target.value?.geometry ?? editing.layer?.geometry ?? 'Point')
  const shape = computed(() => (target.value ? shapeIn(editing.now?.properties ?? {}, target.value.name) : (editing.now?.shape ?? null)))
  const isWhole = computed(() => !editing.isNew && !editing.isDirty && target.value === null)
  const canSplit = computed(() => isWhole.value && !isPoint(kind.value))
  const canMerge = computed(() => isWhole.value && isArea(kind.value))
  const canRemoveVertex = computed(() => selected.value !== null && shape.value !== null && !isPoint(kind.value))
  const count = computed(() => (shape.value ? vertexCount(shape.value) : 0))

  function rest(): void {
    target.value = null
    tool.value = editing.now?.shape || !editing.isOpen ? 'shape' : 'draw'
    selected.value = null
    sketch.value = []
    pieces.value = null
    partners.value = []
    carries.value = []
    keeper.value = trouble.value = problem.value = null
    ghosts.value = []
  }
  watch([() => editing.layer, () => editing.before, () => editing.now === null], rest)

  function take(next: HandTool): void {
    rest()
    tool.value = next
    if (next === 'merge') keeper.value = editing.before?.id ?? null
  }

  /** Take a second shape under the hand, to reshape it or to draw it anew; null: back to the object's own. */
  function aim(field: EditField | null, next: 'shape' | 'draw' = 'shape'): void {
    rest()
    target.value = field
    if (field) tool.value = next === 'draw' || !shape.value ? 'draw' : 'shape'
  }

  // -- on the map -----------------------------------------------------------------------------------------------------

  const targets = computed<readonly (readonly LonLat[])[]>(() => (snaps.value ? near.value
    .filter((one) => target.value || one.layer !== editing.layer?.name || one.id !== editing.before?.id)
    .flatMap((one) => (isPoint(one.shape.type) ? [[one.shape.coordinates as LonLat]] : strands(one.shape).map(({ line }) => line))) : []))

  const mode = computed<EditMode>(() => {
    if (!editing.isOpen || editing.phase === 'opening' || editing.phase === 'failed') return 'off'
    if (!editing.takesChanges || pieces.value) return 'look'
    if (tool.value === 'merge') return 'pick'
    return tool.value === 'split' || tool.value === 'draw' || !shape.value ? 'draw' : 'shape'
  })

  /** Every other shape of the object, dashed and named. */
  const beside = computed<Ghost[]>(() => {
    const { form, now } = editing
    if (!form || !now || editing.phase === 'conflict') return []
    const others = shapeFields(form).filter((field) => field.name !== target.value?.name).flatMap((field): Ghost[] => {
      const other = shapeIn(now.properties, field.name)
      return other ? [{ shape: other, kind: 'second', name: nameOf(field, settings.locale) }] : []
    })
    return target.value && now.shape ? [{ shape: now.shape, kind: 'own' }, ...others] : others
  })

  /** Second shapes of the object that is only looked at. */
  const looked = computed<Ghost[]>(() => second.shown.map(({ field, shape: shown }) => ({ shape: shown, kind: 'second', name: nameOf(field, settings.locale) })))

  const picture = computed<EditPicture>(() => (mode.value === 'off' ? { ...IDLE, ghosts: looked.value } : {
    mode: mode.value,
    kind: tool.value === 'split' ? 'LineString' : kind.value,
    shape: editing.phase === 'conflict' || (tool.value === 'draw' && mode.value === 'draw') ? null : shape.value,
    selected: selected.value,
    sketch: sketch.value,
    ghosts: [
      ...beside.value,
      ...ghosts.value,
      ...partners.value.flatMap((one): Ghost[] => (one.shape ? [{ shape: one.shape, kind: 'chosen' }] : [])),
      ...(pieces.value ?? []).map((piece): Ghost => ({ shape: piece.shape, kind: 'chosen' })),
    ],
    targets: targets.value,
  }))

  let reading: AbortController | null = null
  /** Read what can be snapped to in the part of the map that is seen. */
  async function look(box: Bbox, zoom: number): Promise<void> {
    reading?.abort()
    if (mode.value === 'off' || !snaps.value || zoom < SNAP_ZOOM) {
      near.value = []
      return
    }
    const stop = new AbortController()
    reading = stop
    const names = [...view.layers].filter((name) => (catalogue.byName.get(name)?.count ?? 0) > 0)
    const read = await Promise.allSettled(names.map((name) => api.neighbours(name, box, stop.signal)))
    if (!stop.signal.aborted) near.value = read.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  }

  function reshape(next: Shape, path: Path | null, step?: string): void {
    trouble.value = null
    selected.value = path
    editing.setShape(next, step ?? null, target.value?.name ?? null)
  }

  function removeVertex(): void {
    const left = shape.value && selected.value ? removed(shape.value, selected.value) : null
    if (left) reshape(left, null)
    else trouble.value = 'fewest'
  }

  function undoSketch(): boolean {
    if (sketch.value.length === 0) return false
    sketch.value = sketch.value.slice(0, -1)
    return true
  }

  /** Two clicks of a double click set two places at one spot. */
  const once = (places: readonly LonLat[]): LonLat[] =>
    places.filter((at, index) => index === 0 || at.join() !== places[index - 1]?.join())

  async function finishSketch(): Promise<void> {
    const places = once(sketch.value)
    if (tool.value === 'split') return cut(places)
    const drawn = drawnShape(kind.value, places)
    if (!drawn) {
      trouble.value = 'fewest'
      return
    }
    sketch.value = []
    tool.value = 'shape'
    editing.setShape(drawn, null, target.value?.name ?? null)
  }

  // -- cutting in two -------------------------------------------------------------------------------------------------

  async function cut(blade: readonly LonLat[]): Promise<void> {
    if (!shape.value || blade.length < 2) return
    const { split } = await import('@/map/cutting')
    const parts = split(shape.value, blade)
    sketch.value = []
    trouble.value = parts ? null : 'noCut'
    if (!parts) return
    const { code, name } = editing.now?.properties ?? {}
    const { form, now } = editing
    const { carriesOfCut } = await import('./editCarry')
    carries.value = form && now ? carriesOfCut(form, now.properties, parts, blade) : []
    pieces.value = parts.map((part, index) => ({
      shape: part,
      code: index === 0 ? String(code ?? '') : `${String(code ?? '').slice(0, CODE_MOST - 4)}-${index + 1}`,
      name: index === 0 ? String(name ?? '') : `${String(name ?? '')} ${index + 1}`,
    }))
  }

  const rename = (index: number, what: Partial<Pick<Piece, 'code' | 'name'>>): void => {
    pieces.value = pieces.value?.map((piece, at) => (at === index ? { ...piece, ...what } : piece)) ?? null
  }

  async function confirmCut(): Promise<void> {
    const [first, ...others] = pieces.value ?? []
    const { before, form } = editing
    if (!first || !before || !form) return
    const { carriedTo } = await import('./editCarry')
    const own = ownProperties(form, before.properties)
    const fresh = others.map(({ shape: geometry, code, name }, index) => (
      { properties: { ...own, code, name, ...carriedTo(index + 1, carries.value, before.properties) } as Record<string, Value>, geometry }))
    const kept = carriedTo(0, carries.value.filter(({ way }) => way === 'cut'), before.properties)
    await together({ create: fresh, update: [{ id: before.id, version: before.version, properties: kept, geometry: first.shape }], delete: [] }, before)
  }

  // -- merging --------------------------------------------------------------------------------------------------------

  async function pick({ layer, id }: Ref): Promise<void> {
    if (layer !== editing.layer?.name || id === editing.before?.id) return
    if (partners.value.some((one) => one.id === id)) {
      partners.value = partners.value.filter((one) => one.id !== id)
      if (keeper.value === id) keeper.value = editing.before?.id ?? null
      return
    }
    try {
      partners.value = [...partners.value, await api.stored({ layer, id })]
    } catch (error) {
      if (error instanceof Problem) problem.value = error
      else trouble.value = 'unreachable'
    }
  }

  const all = computed<readonly Stored[]>(() => (editing.before ? [editing.before, ...partners.value] : []))
  watch([partners, keeper], async () => {
    const { form } = editing
    const [chosen, kept] = [partners.value, all.value.find((one) => one.id === keeper.value)]
    if (!form || !kept || chosen.length === 0) {
      if (tool.value === 'merge') carries.value = []
      return
    }
    const { carriesOfMerge } = await import('./editCarry')
    const others = all.value.filter((one) => one !== kept).map(({ properties }) => properties)
    if (partners.value === chosen && keeper.value === kept.id) carries.value = carriesOfMerge(form, kept.properties, others)
  })

  /** Choose what becomes of a second shape or a list. */
  const carry = (field: string, way: CarryWay): void => {
    carries.value = carries.value.map((one) => (one.field.name === field ? { ...one, way } : one))
  }

  async function confirmMerge(): Promise<void> {
    const kept = all.value.find((one) => one.id === keeper.value) ?? editing.before
    if (!kept) return
    const { merged } = await import('@/map/cutting')
    const whole = merged(all.value.flatMap((one) => (one.shape ? [one.shape] : [])))
    trouble.value = whole ? null : 'notWhole'
    if (!whole) return
    const { carriedByMerge } = await import('./editCarry')
    await together({
      create: [], update: [{ id: kept.id, version: kept.version, properties: carriedByMerge(carries.value), geometry: whole }],
      delete: all.value.filter((one) => one !== kept).map(({ id, version }) => ({ id, version })),
    }, kept)
  }

  /** All writes or none. */
  async function together(batch: api.Edits, kept: Stored): Promise<void> {
    const layer = editing.layer?.name
    if (!layer) return
    isBusy.value = true
    problem.value = null
    try {
      await api.edits(layer, batch, keyFor(batch))
      const name = String((kept.properties as Properties).name ?? kept.id)
      sentKey = null
      await editing.discard()
      view.choose({ layer, id: kept.id })
      await editing.noticed({ layer, id: kept.id }, name, kept.version + 1)
    } catch (error) {
      if (error instanceof Problem) problem.value = error
      else if (error instanceof Unreachable) trouble.value = 'unreachable'
      else throw error
    } finally {
      isBusy.value = false
    }
  }

  let sentKey: { readonly body: string; readonly key: string } | null = null
  /** The same edits sent again after a lost answer are one write. */
  function keyFor(batch: api.Edits): string {
    const body = JSON.stringify(batch)
    if (sentKey?.body !== body) sentKey = { body, key: newKey() }
    return sentKey.key
  }

  return {
    target, aim, carries, carry, tool, selected, sketch, snaps, near, pieces, partners, keeper, trouble, problem, isBusy, ghosts, kind, shape, canSplit, canMerge,
    canRemoveVertex, count, mode, picture, rest, take, look, reshape, removeVertex, undoSketch, finishSketch, rename, confirmCut, pick,
    confirmMerge,
  }
})
