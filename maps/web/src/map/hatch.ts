/** Fills of areas: the worst grades are hatched, so that they are told apart without colour. */
import type { Pen } from './symbols'

const TILE_PX = 9
const HATCH_WIDTH_PX = [2.2, 1.2] as const

const patterns = new Map<string, CanvasPattern>()

/** `opacity` of the plain fill; an area the legend leaves empty stays empty, whatever its grade. */
export function fillFor(
  ctx: Pen, colour: string, rank: number | null, opacity: number,
): string | CanvasPattern {
  const plain = `${colour}${Math.round(opacity * 255).toString(16).padStart(2, '0')}`
  if (opacity === 0) return plain
  const width = rank === null ? undefined : HATCH_WIDTH_PX[rank]
  if (width === undefined) return plain
  const key = `${plain}${width}`
  const known = patterns.get(key)
  if (known) return known
  const tile = document.createElement('canvas')
  tile.width = TILE_PX
  tile.height = TILE_PX
  const pen = tile.getContext('2d')
  if (!pen) return plain
  pen.fillStyle = plain
  pen.fillRect(0, 0, TILE_PX, TILE_PX)
  pen.strokeStyle = `${colour}a0`
  pen.lineWidth = width
  for (const shift of [-TILE_PX, 0, TILE_PX]) {
    pen.moveTo(shift - 2, TILE_PX + 2)
    pen.lineTo(shift + TILE_PX + 2, -2)
  }
  pen.stroke()
  const pattern = ctx.createPattern(tile, 'repeat')
  if (!pattern) return plain
  patterns.set(key, pattern)
  return pattern
}
