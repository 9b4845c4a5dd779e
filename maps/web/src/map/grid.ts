/** The kilometre grid of the county's own projection, as survey sheets carry it. Lines are computed, never stretched. */
import type { MetricGrid } from './coordinates'
import { latOf, lonOf, xOf, yOf, type Window } from './mercator'
import { FONT } from './palette'
import { px, py, type Frame } from './picture'

export interface GridLine {
  readonly axis: 'easting' | 'northing'
  readonly metres: number
  /** x0, y0, x1, y1 … in the world's square. */
  readonly path: Float64Array
}

const STEPS_M = [1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000]
const LEAST_GAP_PX = 90
/** A line of the grid is slightly bent on the map: this many chords hide it. */
const CHORDS = 12
const MOST_LINES = 60

/** The finest step whose lines stand far enough apart; null when even the widest is too dense. */
export function stepM(metresPerPx: number): number | null {
  return STEPS_M.find((step) => step / metresPerPx >= LEAST_GAP_PX) ?? null
}

/** Grid lines that cross `window`. */
export function gridLines(grid: MetricGrid, window: Window, step: number): GridLine[] {
  const corners = [[window.west, window.north], [window.east, window.north], [window.west, window.south], [window.east, window.south]]
    .map(([x, y]) => grid.forward([lonOf(x as number), latOf(y as number)]))
  const [eastings, northings] = [corners.map(([easting]) => easting), corners.map(([, northing]) => northing)]
  const across = rounds(Math.min(...eastings), Math.max(...eastings), step)
  const up = rounds(Math.min(...northings), Math.max(...northings), step)
  if (across.length + up.length > MOST_LINES) return []
  const path = (axis: GridLine['axis'], metres: number): Float64Array => {
    const [from, to] = axis === 'easting' ? [Math.min(...northings), Math.max(...northings)] : [Math.min(...eastings), Math.max(...eastings)]
    const numbers = new Float64Array((CHORDS + 1) * 2)
    for (let at = 0; at <= CHORDS; at++) {
      const along = from + ((to - from) * at) / CHORDS
      const [lon, lat] = grid.inverse(axis === 'easting' ? [metres, along] : [along, metres])
      numbers[at * 2] = xOf(lon)
      numbers[at * 2 + 1] = yOf(lat)
    }
    return numbers
  }
  return [
    ...across.map((metres): GridLine => ({ axis: 'easting', metres, path: path('easting', metres) })),
    ...up.map((metres): GridLine => ({ axis: 'northing', metres, path: path('northing', metres) })),
  ]
}

function rounds(least: number, most: number, step: number): number[] {
  if (!Number.isFinite(least) || !Number.isFinite(most) || (most - least) / step > MOST_LINES) return []
  const found: number[] = []
  for (let metres = Math.ceil(least / step) * step; metres <= most; metres += step) found.push(metres)
  return found
}

/** 37509 for an easting in zone 37, 4031 for a northing: whole kilometres. */
export const gridLabel = ({ axis, metres }: Pick<GridLine, 'axis' | 'metres'>, zone: number | null): string => {
  const km = String(Math.round(metres / 1000))
  return axis === 'easting' && zone !== null ? `${zone}${km.padStart(3, '0')}` : km
}

export function paintGrid(frame: Frame, grid: MetricGrid): void {
  const { visible } = frame
  const middleLat = latOf((visible.north + visible.south) / 2)
  const metresPerPx = (40_075_017 * Math.cos((middleLat * Math.PI) / 180)) / frame.worldPx
  const step = stepM(metresPerPx)
  if (step === null) return
  const lines = gridLines(grid, visible, step)
  const { ctx } = frame
  ctx.save()
  ctx.globalAlpha = 0.75
  ctx.strokeStyle = frame.palette.inkSoft
  ctx.lineWidth = 0.8
  ctx.beginPath()
  for (const { path } of lines) {
    for (let at = 0; at < path.length; at += 2) {
      const [x, y] = [px(frame, path[at] as number), py(frame, path[at + 1] as number)]
      if (at === 0) ctx.moveTo(x, y)
      else ctx.lineTo(x, y)
    }
  }
  ctx.stroke()
  ctx.restore()
}

const LABEL_PX = 11
/** From the edge of what can be seen, clear of the tools and of the line at the foot. */
const [FROM_LEFT_PX, FROM_TOP_PX] = [96, 12]

/** Numbers along the upper and the left edge of what can be seen. */
export function labelGrid(frame: Frame, grid: MetricGrid): void {
  const { visible, ctx } = frame
  const [left, top] = [px(frame, visible.west) + FROM_LEFT_PX, py(frame, visible.north) + FROM_TOP_PX]
  const middleLat = latOf((visible.north + visible.south) / 2)
  const step = stepM((40_075_017 * Math.cos((middleLat * Math.PI) / 180)) / frame.worldPx)
  if (step === null) return
  ctx.save()
  ctx.font = `600 ${LABEL_PX}px ${FONT}`
  ctx.textAlign = 'center'
  ctx.textBaseline = 'middle'
  ctx.lineJoin = 'round'
  for (const line of gridLines(grid, visible, step)) {
    const along = line.axis === 'easting' ? crossing(frame, line.path, 1, top) : crossing(frame, line.path, 0, left)
    if (along === null) continue
    const [x, y] = line.axis === 'easting' ? [along, top] : [left, along]
    const text = gridLabel(line, grid.zone)
    ctx.strokeStyle = frame.palette.halo
    ctx.lineWidth = 4
    ctx.strokeText(text, x, y)
    ctx.fillStyle = frame.palette.ink
    ctx.fillText(text, x, y)
  }
  ctx.restore()
}

/** Where a path meets a line of the picture: y = `level` (axis 1, gives x) or x = `level` (axis 0, gives y). */
function crossing(frame: Frame, path: Float64Array, axis: 0 | 1, level: number): number | null {
  for (let at = 0; at + 3 < path.length; at += 2) {
    const a = [px(frame, path[at] as number), py(frame, path[at + 1] as number)] as const
    const b = [px(frame, path[at + 2] as number), py(frame, path[at + 3] as number)] as const
    const [from, to] = [a[axis], b[axis]]
    if (from > level === to > level) continue
    const part = (level - from) / (to - from)
    return a[1 - axis as 0 | 1] + part * (b[1 - axis as 0 | 1] - a[1 - axis as 0 | 1])
  }
  return null
}
