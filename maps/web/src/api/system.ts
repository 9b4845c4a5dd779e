/** The system room's questions: people, sign-ins, limits, layers' health, packs, audit, the machine itself. */
import { forgetToken, getJson, write, writeJson } from './client'

export interface Account {
  readonly username: string
  readonly name: string
  readonly role: string
  readonly scope: string
  readonly scope_name: string | null
  readonly bureau: string | null
  readonly disabled: boolean
  readonly must_change: boolean
  readonly failures: number
  readonly locked_until: string | null
  readonly created_at: string
  readonly last_sign_in_at: string | null
  /** Browsers and phones signed in. */
  readonly signed_in: number
}

export interface AccountWithPassword extends Account {
  readonly password: string | null
  readonly password_shown_before: boolean
}

export interface Office {
  readonly name: string
  readonly role: string
  readonly scope: string
  readonly bureau: string | null
}

export const ROLES = ['viewer', 'village', 'township', 'bureau', 'duty', 'commander', 'director', 'admin'] as const
export const BUREAUS = [
  'emergency', 'natural_resources', 'water', 'forestry', 'transport', 'housing', 'education', 'health', 'culture',
  'civil_affairs', 'energy', 'weather',
] as const

const USERS = '/api/system/users'
const userPath = (username: string): string => `${USERS}/${encodeURIComponent(username)}`

export const users = (signal: AbortSignal): Promise<Account[]> => getJson(USERS, { signal })
export const addUser = (username: string, office: Office, key: string): Promise<AccountWithPassword> =>
  writeJson(USERS, { method: 'POST', body: { username, ...office }, key })
export const changeUser = (username: string, changes: Partial<Office & { disabled: boolean }>): Promise<Account> =>
  writeJson(userPath(username), { method: 'PATCH', body: changes })
export const resetPassword = (username: string, key: string): Promise<AccountWithPassword> =>
  writeJson(`${userPath(username)}/password`, { method: 'POST', body: {}, key })
export const unlockUser = (username: string): Promise<Account> => writeJson(`${userPath(username)}/unlock`, { method: 'POST', body: {} })

/** The person's own password; every other sign-in of theirs ends. */
export async function changeOwnPassword(current: string, next: string): Promise<void> {
  await write('/api/me/password', { method: 'POST', body: { current, new: next } })
  forgetToken() // it still says that the password must be changed
}

export interface AuditEntry {
  readonly id: number
  readonly at: string
  readonly username: string
  readonly role: string
  readonly action: string
  readonly layer: string | null
  readonly feature_id: number | null
  readonly version: number | null
  readonly fields: readonly string[] | null
  readonly detail: Readonly<Record<string, unknown>> | null
  readonly address: string | null
}

export interface Trail {
  readonly entries: readonly AuditEntry[]
  readonly next_before: number | null
}

export interface AuditQuestion {
  readonly user: string
  readonly action: string
  readonly layer: string
  /** First day, YYYY-MM-DD in the county's time. */
  readonly since: string
}

const DAY_BEGINS = 'T00:00:00+08:00'
const AUDIT_PAGE = 100

function auditQuery(question: AuditQuestion, before: number | null): URLSearchParams {
  const query = new URLSearchParams({ limit: String(AUDIT_PAGE) })
  if (question.user) query.set('user', question.user)
  if (question.action) query.set('action', question.action)
  if (question.layer) query.set('layer', question.layer)
  if (question.since) query.set('since', question.since + DAY_BEGINS)
  if (before !== null) query.set('before', String(before))
  return query
}

export const audit = (question: AuditQuestion, before: number | null, signal: AbortSignal): Promise<Trail> =>
  getJson(`/api/audit?${auditQuery(question, before)}`, { signal })

export interface Period {
  readonly value: unknown
  readonly basis: string
  readonly valid_from: string
  readonly valid_to: string | null
  readonly changed_by: string
}

export interface Threshold extends Period {
  readonly key: string
  readonly unit: string
  readonly zh: string
  readonly en: string
  readonly least: number | null
  readonly most: number | null
  readonly upcoming: readonly Period[]
  readonly history: readonly Period[]
}

export interface NewValue {
  readonly value: unknown
  readonly basis: string
  readonly valid_from: string | null
}

export const thresholds = (signal: AbortSignal): Promise<Threshold[]> => getJson('/api/system/thresholds', { signal })
export const putThreshold = (key: string, value: NewValue, once: string): Promise<Threshold> =>
  writeJson(`/api/system/thresholds/${encodeURIComponent(key)}`, { method: 'PUT', body: value, key: once })

// -- sign-ins -----------------------------------------------------------------------------------------------------------

export interface SignIn {
  readonly id: number
  readonly at: string
  readonly username: string
  /** null: a name nobody bears. */
  readonly name: string | null
  readonly role: string
  readonly action: string
  readonly address: string | null
}

export interface SignIns {
  readonly entries: readonly SignIn[]
  readonly failures_24h: number
  readonly next_before: number | null
}

export const SIGN_IN_ACTIONS = ['sign_in', 'sign_in_failed', 'lock', 'sign_out', 'token_reuse', 'password'] as const

export const signIns = (question: Omit<AuditQuestion, 'layer'>, before: number | null, signal: AbortSignal): Promise<SignIns> =>
  getJson(`/api/system/sign-ins?${auditQuery({ ...question, layer: '' }, before)}`, { signal })

// -- health of layers ---------------------------------------------------------------------------------------------------

export interface Finding {
  readonly key: string
  readonly zh: string
  readonly en: string
  /** null: cannot be counted for this person. */
  readonly count: number | null
  /** CQL2 text that lists these rows; null: no filter can. */
  readonly filter: string | null
}

export interface LayerHealth {
  readonly layer: string
  readonly zh: string
  readonly en: string
  readonly group: string
  readonly bureau: string
  readonly rows: number
  readonly exercise_rows: number
  readonly version: number
  readonly changed_at: string
  readonly pending: Finding
  readonly incomplete: Finding
  readonly missing: readonly Finding[]
  readonly doubtful: readonly Finding[]
}

export const health = (signal?: AbortSignal): Promise<LayerHealth[]> => getJson('/api/system/layers', signal ? { signal } : {})

// -- county packs -------------------------------------------------------------------------------------------------------

export interface Pack {
  readonly code: string
  readonly name: string
  readonly en: string
  readonly metric_epsg: number
  readonly exercise: boolean
  readonly loaded_at: string
  readonly sources: readonly { readonly name: string; readonly licence: string; readonly attribution: string; readonly url: string; readonly elevation: boolean }[]
  readonly dem: string | null
  readonly dem_bytes: number | null
  readonly layers: readonly { readonly layer: string; readonly zh: string; readonly en: string; readonly rows: number; readonly exercise_rows: number }[]
  readonly lacks: readonly { readonly key: string; readonly zh: string; readonly en: string; readonly invented: boolean }[]
}

export const packs = (signal: AbortSignal): Promise<Pack[]> => getJson('/api/system/counties', { signal })

// -- the machine --------------------------------------------------------------------------------------------------------

export interface MachineState {
  readonly version: string
  readonly started_at: string
  readonly workers: number
  readonly database: {
    readonly version: string
    readonly postgis: string
    readonly bytes: number
    readonly started_at: string
    readonly connections: number
    readonly tables: readonly { readonly name: string; readonly bytes: number; readonly rows: number }[]
  }
  readonly disk: { readonly total_bytes: number; readonly free_bytes: number; readonly enough: boolean }
  readonly backups: {
    readonly state: 'fresh' | 'old' | 'none'
    readonly fresh_h: number
    readonly folder: string
    readonly files: readonly { readonly name: string; readonly bytes: number; readonly at: string; readonly age_h: number }[]
  }
}

export const machineState = (signal: AbortSignal): Promise<MachineState> => getJson('/api/system/state', { signal })
