/** A profile as paths of a drawing: pure numbers, so that a test can read them. */
import type { Profile } from '@/api/terrain'

export const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM] = [680, 220, 48, 10, 26]
const STEPS = [1, 2, 5]
const HEIGHT_TICKS = 5
const DISTANCE_TICKS = 6
/** A flat line is not blown up into mountains: the diagram spans at least this height. */
const LEAST_SPAN_M = 20

export interface Tick {
  readonly value: number
  readonly at: number
}

export interface Chart {
  readonly line: string
  readonly area: string
  readonly heights: readonly Tick[]
  readonly distances: readonly Tick[]
  readonly x: (index: number) => number
  readonly y: (index: number) => number | null
}

/** The smallest 1, 2 or 5 × 10ⁿ that divides `span` into at most `most` steps. */
export function roundStep(span: number, most: number): number {
  const least = span / most
  const power = 10 ** Math.floor(Math.log10(least))
  return (STEPS.find((step) => step * power >= least) ?? 10) * power
}

export function chartOf(profile: Profile): Chart | null {
  const { minM, maxM, lengthM, distanceM, elevationM } = profile
  if (minM === null || maxM === null || lengthM <= 0) return null
  const spare = Math.max(0, LEAST_SPAN_M - (maxM - minM)) / 2
  const step = roundStep(maxM - minM + 2 * spare, HEIGHT_TICKS)
  const [low, high] = [Math.floor((minM - spare) / step) * step, Math.ceil((maxM + spare) / step) * step]
  const bottom = HEIGHT - BOTTOM
  const yOf = (height: number): number => bottom - ((height - low) / (high - low)) * (bottom - TOP)
  const xOf = (distance: number): number => LEFT + (distance / lengthM) * (WIDTH - LEFT)
  const x = (index: number): number => xOf(distanceM[index] ?? 0)
  const y = (index: number): number | null => {
    const height = elevationM[index] ?? null
    return height === null ? null : yOf(height)
  }
  const pieces = knownPieces(elevationM)
  const point = (index: number): string => `${x(index).toFixed(1)} ${yOf(elevationM[index] as number).toFixed(1)}`
  const run = ([from, to]: readonly [number, number]): string =>
    Array.from({ length: to - from + 1 }, (_, at) => point(from + at)).join('L')
  return {
    line: pieces.map((piece) => `M${run(piece)}`).join(''),
    area: pieces.map((piece) => `M${x(piece[0]).toFixed(1)} ${bottom}L${run(piece)}L${x(piece[1]).toFixed(1)} ${bottom}Z`).join(''),
    heights: ticks(low, high, step, yOf),
    distances: ticks(0, lengthM, roundStep(lengthM, DISTANCE_TICKS), xOf),
    x, y,
  }
}

function ticks(from: number, to: number, step: number, place: (value: number) => number): Tick[] {
  const count = Math.floor((to - from) / step + 1e-9)
  return Array.from({ length: count + 1 }, (_, at) => ({ value: from + at * step, at: place(from + at * step) }))
}

/** First and last index of each run of known heights. */
export function knownPieces(elevationM: readonly (number | null)[]): [number, number][] {
  const pieces: [number, number][] = []
  elevationM.forEach((height, at) => {
    if (height === null) return
    const last = pieces.at(-1)
    if (last && last[1] === at - 1) last[1] = at
    else pieces.push([at, at])
  })
  return pieces
}
