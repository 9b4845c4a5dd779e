/** Many objects in one place, as overview tiles count them: a disc as large as their number, ringed by the worst grade. */
import { FONT } from './palette'
import type { Frame } from './picture'
import type { Room } from './room'
import type { Look } from './symbols'

/** Radius of two objects and the most a disc grows to, and how much each tenfold adds. */
const [LEAST_PX, MOST_PX, TENFOLD_PX] = [13, 30, 6]
const RING_PX = { worst: 4.5, second: 3.5, other: 2 } as const
const HALO_PX = 3
const FONT_PX = { least: 10, most: 15 } as const
/** Width of a digit in parts of its height, and the part of the disc's width the number may take. */
const [DIGIT_SHARE, TEXT_SHARE] = [0.58, 1.5]
const GLYPH_PX = 10
/** A disc may touch its neighbours but not hide them. */
const ROOM_SHARE = 1.7
const NUDGES = [[0, 0], [0, -1], [0, 1], [-1, 0], [1, 0], [-1, -1], [1, -1], [-1, 1], [1, 1]] as const

export interface Disc {
  readonly x: number
  readonly y: number
  readonly radiusPx: number
  readonly count: number
}

/** A disc and which of the points it is. */
export interface CellSpot extends Disc {
  readonly at: number
}

/** Area grows with the number's magnitude: 10 and 1,000 are told apart at a glance, 1,000 and 1,100 need not be. */
export const cellRadiusPx = (count: number): number =>
  Math.min(MOST_PX, LEAST_PX + TENFOLD_PX * Math.log10(Math.max(1, count / 2)))

/** Where there is room for a cell, at its own place or beside it; null: nowhere near. */
export function cellSpot(room: Room, x: number, y: number, count: number): Disc | null {
  const radiusPx = cellRadiusPx(count)
  const side = radiusPx * ROOM_SHARE
  const nudge = NUDGES.find(([dx, dy]) => room.take(x + dx * side * 0.6 - side / 2, y + dy * side * 0.6 - side / 2, side, side))
  return nudge ? { x: x + nudge[0] * side * 0.6, y: y + nudge[1] * side * 0.6, radiusPx, count } : null
}

export function paintCell(frame: Frame, look: Look, { x, y, radiusPx, count }: Disc): void {
  const { ctx, palette } = frame
  const ringPx = look.filled ? RING_PX.worst : look.ringPx >= 3 ? RING_PX.second : RING_PX.other
  const disc = (radius: number): void => {
    ctx.beginPath()
    ctx.arc(x, y, radius, 0, Math.PI * 2)
  }
  disc(radiusPx + HALO_PX / 2)
  ctx.fillStyle = palette.halo
  ctx.fill()
  disc(radiusPx)
  ctx.fillStyle = palette.body
  ctx.fill()
  disc(radiusPx - ringPx / 2)
  ctx.strokeStyle = look.colour
  ctx.lineWidth = ringPx
  ctx.stroke()
  ctx.fillStyle = palette.ink
  ctx.textAlign = 'center'
  ctx.textBaseline = 'middle'
  ctx.font = `500 ${GLYPH_PX}px ${FONT}`
  ctx.fillText(look.glyph, x, y - radiusPx * 0.42)
  const text = String(count)
  const sizePx = Math.min(FONT_PX.most, Math.max(FONT_PX.least, (radiusPx * TEXT_SHARE) / (text.length * DIGIT_SHARE)))
  ctx.font = `700 ${sizePx}px ${FONT}`
  ctx.fillText(text, x, y + radiusPx * 0.3)
}
