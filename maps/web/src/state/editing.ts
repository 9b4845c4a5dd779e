/** The one thing being edited: opened, changed, saved, kept. Nothing is lost: every change is kept in this browser until the server has it. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import * as api from '@/api/editing'
import { Problem, Unreachable, newKey } from '@/api/client'
import { trueNow } from '@/api/clock'
import type { FieldError } from '@/api/problems'
import { sameShape, type Shape } from '@/map/shapes'
import { useCatalogue } from './catalogue'
import { draftKey, useDrafts, type Draft, type Sent } from './drafts'
import {
  Stack, breachOf, conflictOf, fieldsOf, isChanged, ownProperties, patchOf, reconciled,
  type Breach, type Conflict, type Content, type EditForm, type Properties, type Question, type Side, type Stored,
} from './editContent'
import type { LayerInfo, Ref, Value } from './model'
import { usePulse } from './pulse'
import { useSession } from './session'
import { useView } from './view'

export type EditPhase = 'idle' | 'opening' | 'failed' | 'editing' | 'saving' | 'waiting' | 'conflict' | 'gone'

/** What was last saved, said on the map until it is put away. */
export interface SavedNotice {
  readonly ref: Ref
  readonly name: string
  readonly version: number
  readonly questions: readonly Question[]
}

const NOT_FOUND = 404
const CONFLICT = 412
const BROKEN = 500
const KEEP_AFTER_MS = 300

export const useEditing = defineStore('editing', () => {
  const catalogue = useCatalogue()
  const drafts = useDrafts()
  const session = useSession()
  const pulse = usePulse()
  const view = useView()

  const phase = ref<EditPhase>('idle')
  const layer = shallowRef<LayerInfo | null>(null)
  const form = shallowRef<EditForm | null>(null)
  const before = shallowRef<Stored | null>(null)
  const stack = shallowRef<Stack | null>(null)
  const conflict = shallowRef<Conflict | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const openError = shallowRef<unknown>(null)
  const errors = shallowRef<readonly FieldError[]>([])
  const breaches = shallowRef<Readonly<Record<string, Breach>>>({})
  const sent = shallowRef<Sent | null>(null)
  const isKept = ref(false)
  /** Closing was asked for and would have lost work that no draft can hold. */
  const isHeld = ref(false)
  const notice = shallowRef<SavedNotice | null>(null)
  /** Rises with each write: what was read before may be old. */
  const written = ref(0)
  let keeping = 0
  /** The server was asked at once whether it is there; after that its next sign of life is waited for. */
  let hasAsked = false

  const isOpen = computed(() => phase.value !== 'idle')
  const isNew = computed(() => before.value === null)
  const now = computed<Content | null>(() => stack.value?.now ?? null)
  const base = computed<Content>(() => before.value ?? { properties: {}, shape: null })
  const isDirty = computed(() => form.value !== null && now.value !== null && isChanged(form.value, base.value, now.value))
  const isExercise = computed(() => now.value?.properties.source === 'exercise')
  const key = computed(() => draftKey(session.me?.username ?? '', layer.value?.name ?? '', before.value?.id ?? null))
  const takesChanges = computed(() => phase.value === 'editing' || phase.value === 'waiting')

  /** Whether this person may write a row of the layer: role and scope; the server decides again. */
  function mayWrite(name: string, properties: Properties): boolean {
    const me = session.me
    if (!me || view.isPast || !catalogue.byName.get(name)?.mayWrite) return false
    if (me.role === 'director' && properties.source !== 'exercise') return false
    return String(properties.admin_code ?? '').startsWith(me.scope)
  }
  const writable = computed(() => (view.isPast ? [] : catalogue.layers.filter((one) => one.mayWrite)))

  // -- opening --------------------------------------------------------------------------------------------------------

  function clear(): void {
    window.clearTimeout(keeping)
    phase.value = 'idle'
    hasAsked = false
    stack.value = before.value = form.value = layer.value = conflict.value = problem.value = sent.value = null
    errors.value = []
    breaches.value = {}
    isKept.value = isHeld.value = false
  }

  async function open(name: string, first: (form: EditForm) => Promise<void>): Promise<void> {
    if (!(await putAway())) return
    const info = catalogue.byName.get(name)
    if (!info) return
    layer.value = info
    phase.value = 'opening'
    notice.value = null
    view.show([name], true)
    try {
      form.value = await api.editForm(name, info.maySeeRestricted)
      await first(form.value)
    } catch (error) {
      openError.value = error
      phase.value = 'failed'
    }
  }

  const begin = ({ layer: name, id }: Ref): Promise<void> => open(name, async () => {
    const draft = drafts.mine.find((one) => one.key === draftKey(session.me?.username ?? '', name, id))
    if (draft) return takeUpOpened(draft)
    before.value = await api.stored({ layer: name, id })
    stack.value = Stack.from(before.value)
    phase.value = 'editing'
  })

  const beginNew = (name: string): Promise<void> => open(name, (known) => {
    const draft = drafts.mine.find((one) => one.key === draftKey(session.me?.username ?? '', name, null))
    if (draft) return takeUpOpened(draft)
    stack.value = Stack.from({ properties: presets(known), shape: null })
    phase.value = 'editing'
    return Promise.resolve()
  })

  function presets(known: EditForm): Properties {
    const me = session.me
    const values = Object.fromEntries(fieldsOf(known).filter(({ preset }) => preset !== null).map(({ name, preset }) => [name, preset]))
    return {
      ...values,
      ...(me?.role === 'director' ? { source: 'exercise' } : {}),
      ...(me && me.scope.length >= 9 ? { admin_code: me.scope } : {}),
    }
  }

  const takeUp = (draft: Draft): Promise<void> => open(draft.layer, () => takeUpOpened(draft))

  /** Go on with a kept change; when somebody has changed the feature since, both are laid side by side. */
  async function takeUpOpened(draft: Draft): Promise<void> {
    before.value = draft.before
    stack.value = Stack.from(draft.before ?? { properties: {}, shape: null }).change(draft.mine)
    sent.value = draft.sent
    isKept.value = true
    phase.value = 'editing'
    drafts.mine = drafts.mine.filter((one) => one.key !== draft.key)
    if (draft.sent) return save() // nobody heard whether it was done: the same key asks again
    if (draft.before) await compare(draft.mine)
  }

  // -- changing -------------------------------------------------------------------------------------------------------

  function change(next: Content, step: string | null = null): void {
    if (!stack.value || !takesChanges.value) return
    stack.value = stack.value.change(next, step)
    phase.value = 'editing'
    hasAsked = false
    keepSoon()
  }

  /** Changes of one `step` one after the other are one step of undo; null: a step of its own. */
  function setField(name: string, value: Value, step: string | null = `field ${name}`): void {
    if (!now.value) return
    errors.value = errors.value.filter((one) => one.field !== name)
    const { [name]: _gone, ...rest } = breaches.value
    breaches.value = rest
    change({ ...now.value, properties: { ...now.value.properties, [name]: value } }, step)
  }

  /** Say what the field's rule has against its value, once the person has left it. */
  function check(name: string): void {
    const field = form.value && fieldsOf(form.value).find((one) => one.name === name)
    const breach = field ? breachOf(field, now.value?.properties[name]) : null
    const { [name]: _gone, ...rest } = breaches.value
    breaches.value = breach ? { ...rest, [name]: breach } : rest
  }

  /** The object's shape, or the one `field` holds. A point set by hand was taken on the map: the record says so. */
  function setShape(shape: Shape | null, step: string | null = null, field: string | null = null): void {
    if (!now.value || !form.value) return
    if (field) return setField(field, shape as unknown as Value, step)
    if (!shape) return
    errors.value = errors.value.filter((one) => one.field !== 'geometry')
    const properties: Record<string, Value> = { ...now.value.properties }
    const known = new Set(fieldsOf(form.value).map(({ name }) => name))
    if (shape.type === 'Point' && known.has('coord_raw')) {
      const [lon, lat] = shape.coordinates as [number, number]
      Object.assign(properties, { coord_raw: `${lon},${lat}`, coord_crs: 'cgcs2000', coord_method: 'map' })
    }
    change({ properties, shape }, step)
    if (isNew.value && shape.type === 'Point' && !properties.admin_code) void findTownship(shape)
  }

  async function findTownship(shape: Shape): Promise<void> {
    const [lon, lat] = shape.coordinates as [number, number]
    const code = await api.townshipAt(lon, lat).catch(() => null) // then it is typed by hand
    if (code && now.value && !now.value.properties.admin_code && sameShape(now.value.shape, shape)) setField('admin_code', code)
  }

  function go(to: 'undo' | 'redo'): void {
    if (!stack.value || !takesChanges.value) return
    stack.value = stack.value[to]()
    errors.value = []
    breaches.value = {}
    keepSoon()
  }

  // -- keeping --------------------------------------------------------------------------------------------------------

  const draftNow = (): Draft | null => (layer.value && now.value && session.me ? {
    key: key.value, username: session.me.username, layer: layer.value.name, before: before.value, mine: now.value,
    sent: sent.value, keptAt: trueNow().getTime(),
  } : null)

  async function keep(): Promise<void> {
    window.clearTimeout(keeping)
    const draft = draftNow()
    if (!draft) return
    if (isDirty.value || draft.sent) isKept.value = await drafts.keep(draft)
    else await drafts.drop(draft.key)
  }

  function keepSoon(): void {
    isKept.value = false
    window.clearTimeout(keeping)
    keeping = window.setTimeout(() => void keep(), KEEP_AFTER_MS)
  }

  /** Close the form; what is not saved stays as a draft and is offered again. False: no draft can be kept, so it stays open. */
  async function putAway(): Promise<boolean> {
    if (phase.value === 'idle') return true
    if (stack.value) await keep()
    isHeld.value = stack.value !== null && isDirty.value && !isKept.value
    if (isHeld.value) return false
    clear()
    if (session.me) await drafts.read(session.me.username)
    return true
  }

  async function discard(): Promise<void> {
    window.clearTimeout(keeping)
    await drafts.drop(key.value)
    clear()
  }

  // -- saving ---------------------------------------------------------------------------------------------------------

  function isFit(): boolean {
    if (!form.value || !now.value) return false
    const { properties, shape } = now.value
    breaches.value = Object.fromEntries(fieldsOf(form.value).flatMap((field) => {
      const breach = breachOf(field, properties[field.name])
      return breach ? [[field.name, breach]] : []
    }))
    errors.value = shape ? [] : [{ field: 'geometry', zh: '还没有在图上给出位置', en: 'No place on the map yet' }]
    return Object.keys(breaches.value).length === 0 && shape !== null
  }

  async function save(): Promise<void> {
    if (!takesChanges.value || !isFit() || !now.value) return
    problem.value = null
    phase.value = 'saving'
    const earlier = sent.value
    try {
      // A save whose answer was lost may have been done: hear the answer first, then send what changed since.
      if (earlier && !isSame(earlier.content, now.value)) await arrived(await send(earlier), earlier.content)
      if (earlier && isSame(earlier.content, now.value)) await finish(await send(earlier))
      else await finish(await sendNew(now.value))
    } catch (error) {
      await refused(error)
    }
  }

  const isSame = (a: Content, b: Content): boolean => form.value !== null && !isChanged(form.value, a, b)

  async function sendNew(content: Content): Promise<api.Saved> {
    sent.value = { key: newKey(), content }
    await keep() // the key first: a retry after a crash is then the same write
    return send(sent.value)
  }

  function send({ key: sendKey, content }: Sent): Promise<api.Saved> {
    const [known, info] = [form.value as EditForm, layer.value as LayerInfo]
    if (before.value) {
      return api.patch({ layer: info.name, id: before.value.id }, before.value.version, patchOf(known, before.value, content), sendKey)
    }
    return api.create(info.name, { properties: ownProperties(known, content.properties), geometry: content.shape }, sendKey)
  }

  /** The server has `content`: from here on changes are made on it. */
  async function arrived(saved: api.Saved, content: Content): Promise<void> {
    await drafts.drop(key.value)
    before.value = { ...content, id: saved.id, version: saved.version, questions: [] }
    sent.value = null
  }

  async function finish(saved: api.Saved): Promise<void> {
    const info = layer.value as LayerInfo
    const name = String(now.value?.properties.name ?? saved.id)
    const made: Ref = { layer: info.name, id: saved.id }
    await drafts.drop(key.value)
    clear()
    view.choose(made)
    await noticed(made, name, saved.version)
  }

  async function noticed(made: Ref, name: string, version: number): Promise<void> {
    notice.value = { ref: made, name, version, questions: [] }
    written.value++
    const stands = await api.stored(made).catch(() => null) // saved it is; only the questions are missing then
    if (stands && notice.value?.ref === made) notice.value = { ref: made, name, version, questions: stands.questions }
    await catalogue.read()
  }

  async function refused(error: unknown): Promise<void> {
    if (error instanceof Unreachable) {
      phase.value = 'waiting'
      await keep()
      if (hasAsked) return
      hasAsked = true
      return pulse.ask()
    }
    if (!(error instanceof Problem)) throw error
    // A server that broke off may have written: the same key is sent again, so that it is one write.
    if (error.status < BROKEN) sent.value = null
    phase.value = 'editing'
    if (error.status === CONFLICT && now.value) return compare(now.value)
    if (error.status === NOT_FOUND) phase.value = 'gone'
    problem.value = error
    errors.value = error.errors
    await keep()
  }

  watch(() => pulse.answeredAt, () => {
    if (phase.value === 'waiting') void save()
  })

  // -- somebody was faster --------------------------------------------------------------------------------------------

  /** Lay my change beside what the server has now. Where nothing differs, go on upon the new version. */
  async function compare(mine: Content): Promise<void> {
    if (!before.value || !layer.value || !form.value) return
    try {
      const theirs = await api.stored({ layer: layer.value.name, id: before.value.id })
      if (theirs.version === before.value.version) return
      const found = conflictOf(form.value, before.value, mine, theirs)
      if (found.both.length === 0 && found.onlyTheirs.length === 0) return rebase(theirs, mine)
      conflict.value = found
      phase.value = 'conflict'
    } catch (error) {
      if (error instanceof Problem && error.status === NOT_FOUND) phase.value = 'gone'
      else if (!(error instanceof Unreachable)) throw error // without the server the version is looked at when saving
    }
  }

  function rebase(theirs: Stored, content: Content): void {
    before.value = theirs
    stack.value = Stack.from(theirs).change(content)
    conflict.value = null
    phase.value = 'editing'
    keepSoon()
  }

  /** Go on upon their version with what was chosen, and save it. */
  async function resolve(choice: Readonly<Record<string, Side>>): Promise<void> {
    if (!conflict.value) return
    const { theirs } = conflict.value
    rebase(theirs, reconciled(conflict.value, choice))
    if (isDirty.value) return save()
    await discard() // theirs in everything: there is nothing to save
    written.value++
    await catalogue.read()
  }

  /** The feature was deleted meanwhile: keep the work as a new one. */
  async function asNew(): Promise<void> {
    const content = now.value
    if (!content) return
    await drafts.drop(key.value)
    before.value = null
    sent.value = null
    stack.value = Stack.from({ properties: {}, shape: null }).change(content)
    problem.value = null
    phase.value = 'editing'
    await keep()
  }

  watch(() => view.isPast, (isPast) => {
    if (isPast) void putAway()
  })

  return {
    phase, layer, form, before, stack, now, base, conflict, problem, openError, errors, breaches, isKept, isHeld, notice, written, writable,
    isOpen, isNew, isDirty, isExercise, takesChanges, mayWrite, begin, beginNew, takeUp, change, setField, check, setShape, go, putAway,
    discard, save, resolve, asNew, noticed,
  }
})
