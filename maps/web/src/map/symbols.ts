/**
 * One symbol per layer: a character in a shape. The shape tells the group, the ring the grade, and the grade is told
 * without colour too: the worst is filled, the next has a thick ring, the rest a thin one.
 */
import type { LayerInfo, LegendClass } from '@/state/model'
import { classOf } from '@/state/model'
import { FONT, inkOn, type Palette } from './palette'

export type Outline = 'circle' | 'diamond' | 'square' | 'hexagon'

const OUTLINES: Readonly<Record<string, Outline>> = {
  hazards: 'diamond', flood: 'hexagon', industry: 'square', forest: 'hexagon', people: 'square',
}
const RING_PX = [0, 3, 2, 1.5] as const
const PLAIN_RING_PX = 2
export const SYMBOL_PX = 24

export type Pen = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

export interface Look {
  readonly glyph: string
  readonly outline: Outline
  readonly colour: string
  readonly filled: boolean
  readonly ringPx: number
}

export function lookOf(layer: LayerInfo, value: string | null): Look {
  const grade: LegendClass | null = classOf(layer, value)
  const rank = grade?.rank ?? null
  return {
    glyph: layer.glyph,
    outline: OUTLINES[layer.group] ?? 'circle',
    colour: grade?.colour ?? layer.colour,
    filled: rank === 0,
    ringPx: rank === null ? PLAIN_RING_PX : (RING_PX[Math.min(rank, RING_PX.length - 1)] as number),
  }
}

/** The shape's path about 0, 0, with `radius` to its flat sides' reach. */
export function trace(ctx: Pen, outline: Outline, radius: number): void {
  ctx.beginPath()
  if (outline === 'circle') ctx.arc(0, 0, radius, 0, Math.PI * 2)
  else if (outline === 'square') ctx.roundRect(-radius * 0.92, -radius * 0.92, radius * 1.84, radius * 1.84, radius * 0.3)
  else if (outline === 'diamond') polygon(ctx, 4, radius * 1.16, -Math.PI / 2)
  else polygon(ctx, 6, radius * 1.08, -Math.PI / 2)
}

function polygon(ctx: Pen, corners: number, radius: number, turn: number): void {
  for (let corner = 0; corner < corners; corner++) {
    const angle = turn + (corner * Math.PI * 2) / corners
    ctx.lineTo(Math.cos(angle) * radius, Math.sin(angle) * radius)
  }
  ctx.closePath()
}

/** Draw a symbol about 0, 0. */
export function drawSymbol(ctx: Pen, look: Look, palette: Palette, sizePx: number): void {
  const radius = sizePx / 2 - 1.5
  ctx.lineJoin = 'round'
  trace(ctx, look.outline, radius)
  ctx.fillStyle = look.filled ? look.colour : palette.body
  ctx.strokeStyle = palette.halo
  ctx.lineWidth = 4
  ctx.stroke()
  ctx.strokeStyle = palette.edge
  ctx.lineWidth = 2
  ctx.stroke()
  ctx.fill()
  trace(ctx, look.outline, radius - Math.max(look.ringPx, 1) / 2 + 0.5)
  ctx.strokeStyle = look.colour
  ctx.lineWidth = Math.max(look.ringPx, 1)
  ctx.stroke()
  ctx.fillStyle = look.filled ? inkOn(look.colour) : palette.ink
  ctx.font = `600 ${Math.round(sizePx * (look.outline === 'diamond' ? 0.46 : 0.52))}px ${FONT}`
  ctx.textAlign = 'center'
  ctx.textBaseline = 'middle'
  ctx.fillText(look.glyph, 0, sizePx * 0.035)
}

/** Symbols drawn once and stamped many times. */
export class SymbolSheet {
  private readonly stamps = new Map<string, ImageBitmap>()

  constructor(private readonly palette: Palette, private readonly ratio: number) {}

  /** A bitmap, not a canvas: drawing a canvas copies it anew each time. */
  stamp(look: Look, sizePx: number): ImageBitmap {
    const key = `${look.glyph}${look.outline}${look.colour}${look.filled}${look.ringPx}${sizePx}`
    const known = this.stamps.get(key)
    if (known) return known
    const side = sizePx + 10
    const pixels = Math.round(side * this.ratio)
    const canvas = new OffscreenCanvas(pixels, pixels)
    const ctx = canvas.getContext('2d')
    if (ctx) {
      ctx.scale(this.ratio, this.ratio)
      ctx.translate(side / 2, side / 2)
      drawSymbol(ctx, look, this.palette, sizePx)
    }
    const stamp = canvas.transferToImageBitmap()
    this.stamps.set(key, stamp)
    return stamp
  }
}
