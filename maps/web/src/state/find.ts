/** What finding answers: places read from typed coordinates, and objects by layer. */
import type { Named } from './model'

/** How a search met the object. */
export type Matched = 'name' | 'code' | 'latin' | 'alias' | 'person' | 'phone'

export interface Spot extends Named {
  readonly lon: number
  readonly lat: number
  /** Coordinate system the text was read in. */
  readonly system: string
}

export interface Hit {
  readonly layer: string
  readonly id: string
  readonly code: string
  readonly name: string
  readonly township: Named | null
  readonly status: string
  readonly lon: number
  readonly lat: number
  readonly matched: Matched | null
  readonly distanceM: number | null
  /** From the asked place to the object, clockwise from north. */
  readonly bearingDeg: number | null
  readonly exercise: boolean
}

/** Hits of one layer; `total` counts those not listed too. */
export interface HitGroup extends Named {
  readonly layer: string
  readonly total: number
  readonly hits: readonly Hit[]
}

export interface Found {
  readonly query: string
  readonly spots: readonly Spot[]
  readonly groups: readonly HitGroup[]
  /** Totals are lower bounds: more was met than was counted. */
  readonly isMore: boolean
}

const RECENT_KEY = 'anlan.searches'
const RECENT_MOST = 8
/** Five digits in a row may be a phone: it belongs in no browser's storage. */
const MAY_BE_PHONE = /\d[\d -]{4,}\d/

export function recentSearches(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(RECENT_KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter((text): text is string => typeof text === 'string').slice(0, RECENT_MOST) : []
  } catch {
    return [] // storage switched off or edited by hand
  }
}

function keep(texts: readonly string[]): void {
  try {
    localStorage.setItem(RECENT_KEY, JSON.stringify(texts))
  } catch {
    // storage full or switched off: the search itself worked
  }
}

/** Remember a search that led somewhere; newest first, each once, no phone numbers. */
export function rememberSearch(text: string): void {
  const trimmed = text.trim()
  if (trimmed === '' || MAY_BE_PHONE.test(trimmed)) return
  keep([trimmed, ...recentSearches().filter((one) => one !== trimmed)].slice(0, RECENT_MOST))
}

export function forgetSearches(): void {
  keep([])
}

const POINTS: readonly Named[] = [
  { zh: '北', en: 'N' }, { zh: '东北', en: 'NE' }, { zh: '东', en: 'E' }, { zh: '东南', en: 'SE' },
  { zh: '南', en: 'S' }, { zh: '西南', en: 'SW' }, { zh: '西', en: 'W' }, { zh: '西北', en: 'NW' },
]
const NORTH: Named = { zh: '北', en: 'N' }

/** The nearest of the eight compass points. */
export function compass(bearingDeg: number): Named {
  return POINTS[Math.round((((bearingDeg % 360) + 360) % 360) / 45) % 8] ?? NORTH
}

/** "340 m", "2.4 km": as exact as a person can use. */
export function distanceParts(metres: number): { readonly key: 'map.metres' | 'map.kilometres'; readonly n: string } {
  if (metres < 995) return { key: 'map.metres', n: String(metres < 100 ? Math.round(metres) : Math.round(metres / 10) * 10) }
  const km = metres / 1000
  return { key: 'map.kilometres', n: km < 10 ? km.toFixed(1) : String(Math.round(km)) }
}
