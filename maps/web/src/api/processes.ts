/** The analyses of the server: what they take, asking one, its job, its answer. OGC API Processes. */
import type { FeatureCollection } from 'geojson'
import { get, getJson, write, writeJson } from './client'

export interface Words { readonly zh: string; readonly en: string }

export interface InputWords {
  readonly zh?: string
  readonly en?: string
  readonly unit?: string
  readonly pick?: 'place' | 'places' | 'area' | 'areas' | 'layer' | 'features' | 'objects' | 'minutes' | 'moment'
  readonly help_zh?: string
  readonly help_en?: string
  readonly labels?: Readonly<Record<string, Words>>
  /** `layer.column` whose code list the values are. */
  readonly codes_of?: string
  /** Other parameters: the choices that make this one apply; true: filled in, false: left empty. All must hold. */
  readonly when?: Readonly<Record<string, readonly string[] | boolean>>
  /** Stands open among what is needed: this one or another of them is given. */
  readonly first?: boolean
  /** Needed where it applies. */
  readonly needed?: boolean
}

/** The parts of JSON Schema that the descriptions use. */
export interface InputSchema {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly default?: unknown
  readonly items?: InputSchema
  readonly anyOf?: readonly InputSchema[]
  readonly oneOf?: readonly InputSchema[]
  readonly properties?: Readonly<Record<string, InputSchema & InputWords>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | InputSchema
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly maxItems?: number
  readonly format?: string
}

export interface ProcessInput {
  readonly minOccurs: number
  readonly schema: InputSchema
  readonly 'x-words': InputWords
}

export type Group = 'roads' | 'cover' | 'allocation' | 'areas' | 'terrain'

export interface ProcessSummary {
  readonly id: string
  readonly 'x-words': Words & { readonly about_zh: string; readonly about_en: string }
  readonly 'x-group': Group
}

export interface ProcessDescription extends ProcessSummary {
  readonly inputs: Readonly<Record<string, ProcessInput>>
  readonly 'x-source': string
  readonly 'x-validity': Words
  /** Where it can run again by itself and raise an alarm: the input that takes what was known, which nobody fills in. */
  readonly 'x-standing': { readonly known: string } | null
}

export interface Column extends Words { readonly name: string; readonly unit: string }

export interface Listing {
  readonly name: string
  readonly title: Words
  /** On the map only when asked for. */
  readonly aside?: boolean
  readonly columns: readonly Column[]
  readonly features: FeatureCollection<GeoJSON.Geometry | null, Record<string, unknown>>
}

export interface Figure {
  readonly title: Words
  readonly value: number
  readonly unit: string
  readonly list: string
  readonly column: string | null
}

export interface Certificate { readonly clear: boolean; readonly checked: number; readonly min_distance_m: number | null }

export interface Provenance {
  readonly program: string
  readonly county: { readonly code: string; readonly name: string }
  readonly inputs: Readonly<Record<string, unknown>>
  readonly limits: Readonly<Record<string, unknown>>
  readonly layers: Readonly<Record<string, { readonly version: number; readonly rows: number; readonly filter?: string }>>
  readonly terrain?: { readonly source: string; readonly cell: readonly number[]; readonly crs: string }
  readonly roads?: { readonly versions: Readonly<Record<string, number>>; readonly graph: string }
  readonly metric_crs: string
  readonly source: string
  readonly validity: Words
  readonly started_at: string
  readonly seconds: number
}

export interface Answer {
  readonly process: string
  readonly title: Words
  readonly exercise: boolean
  readonly notes: readonly Words[]
  readonly figures: readonly Figure[]
  readonly lists: readonly Listing[]
  readonly provenance: Provenance
  readonly certificate?: Certificate | null
}

export interface Job {
  readonly jobID: string
  readonly processID: string
  readonly status: 'accepted' | 'running' | 'successful' | 'failed' | 'dismissed'
  readonly progress: number
  readonly created: string
  readonly finished: string | null
  readonly 'x-message': Words
  readonly 'x-county': string
  readonly 'x-inputs': Readonly<Record<string, unknown>>
  readonly 'x-owner': string
  readonly 'x-mine': boolean
  readonly 'x-name': string | null
  readonly 'x-kept': boolean
  /** The standing analysis it is a run of. */
  readonly 'x-standing': string | null
}

export type FileKind = 'xlsx' | 'csv' | 'geojson' | 'gpkg'
export type Inputs = Readonly<Record<string, unknown>>

const jobPath = (id: string): string => `/ogc/jobs/${encodeURIComponent(id)}`

export const processes = async (): Promise<readonly ProcessSummary[]> =>
  (await getJson<{ processes: readonly ProcessSummary[] }>('/ogc/processes')).processes

export const process = (id: string): Promise<ProcessDescription> => getJson(`/ogc/processes/${encodeURIComponent(id)}`)

/** Files an order and returns its job at once. The same key is the same order. */
export async function order(id: string, county: string, inputs: Inputs, key: string): Promise<Job> {
  const response = await write(`/ogc/processes/${encodeURIComponent(id)}/execution`, {
    method: 'POST', body: { inputs: { county, ...inputs } }, key, headers: { Prefer: 'respond-async' },
  })
  return (await response.json()) as Job
}

/** Asks and waits for the answer: for what takes less than a blink. */
export async function answerTo(id: string, county: string, inputs: Inputs, signal: AbortSignal): Promise<Answer> {
  const response = await write(`/ogc/processes/${encodeURIComponent(id)}/execution`, {
    method: 'POST', body: { inputs: { county, ...inputs } }, signal,
  })
  return (await response.json()) as Answer
}

export const job = (id: string, signal?: AbortSignal): Promise<Job> => getJson(jobPath(id), signal ? { signal } : {})
export const jobs = async (county: string): Promise<readonly Job[]> =>
  (await getJson<{ jobs: readonly Job[] }>(`/ogc/jobs?county=${encodeURIComponent(county)}&limit=100`)).jobs
export const dismiss = (id: string): Promise<Job> => writeJson(jobPath(id), { method: 'DELETE' })
export const keep = (id: string, name: string | null): Promise<Job> =>
  writeJson(jobPath(id), { method: 'PATCH', body: name === null ? { kept: false } : { kept: true, name } })

/** The answer of a job that ended well. Throws the Problem the analysis ended with. */
export async function answerOf(id: string): Promise<Answer> {
  return (await (await get(`${jobPath(id)}/results`)).json()) as Answer
}
export const fileAddress = (id: string, list: string, kind: FileKind, lang: 'zh' | 'en'): string =>
  `${jobPath(id)}/results/${encodeURIComponent(list)}.${kind}?lang=${lang}`

/** The page that holds these answers, in this order. */
export const briefingAddress = (jobIds: readonly string[], lang: 'zh' | 'en'): string =>
  `/api/briefings.html?jobs=${jobIds.map(encodeURIComponent).join(',')}&lang=${lang}`
