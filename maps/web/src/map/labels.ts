/** Names on the map: each where it has room, with a halo, never over a symbol or another name. */
import { classOf, type LayerInfo } from '@/state/model'
import type { BaseLabel } from './base'
import { FONT } from './palette'
import { px, py, type Frame, type Placed } from './picture'
import type { PlacedPoints } from './placing'
import type { Room } from './room'
import { lookOf } from './symbols'

const NAME_PX = 12
const MOST_NAMES = 500
/** A dot has no name. */
const LEAST_NAMED_PX = 6
/** An area smaller than this carries neither symbol nor name. */
const SMALLEST_AREA_PX = 34
const AREA_SYMBOL_PX = 20
const LINE_SYMBOL_ZOOM = 13
/** Company names run to twenty characters: shortened until the map is near enough to have the room. */
const LONGEST_NAME = 12
const FULL_NAME_ZOOM = 14
/** Where the name of a township or county may stand when its middle is taken, in pixels from there. */
const AREA_NUDGES = [0, 24, -24, 48, -48].flatMap((dy) => [[0, dy], [44, dy], [-44, dy]] as const)
const NO_NUDGE = [[0, 0]] as const

const widths = new Map<string, number>()

export class Labels {
  private written = 0

  constructor(private readonly frame: Frame, private readonly room: Room) {}

  private width(text: string, font: string, spacingPx: number): number {
    const key = `${font}|${text}`
    let width = widths.get(key)
    if (width === undefined) {
      this.frame.ctx.font = font
      width = this.frame.ctx.measureText(text).width
      widths.set(key, width)
    }
    return width + spacingPx * text.length
  }

  private write(text: string, x: number, y: number, font: string, colour: string, spacingPx = 0, turn = 0): void {
    const { ctx, palette } = this.frame
    ctx.save()
    ctx.translate(x, y)
    ctx.rotate(turn)
    ctx.font = font
    ctx.letterSpacing = `${spacingPx}px`
    ctx.textAlign = 'center'
    ctx.textBaseline = 'middle'
    ctx.lineJoin = 'round'
    ctx.strokeStyle = palette.halo
    ctx.lineWidth = 3.5
    ctx.strokeText(text, 0, 0)
    ctx.fillStyle = colour
    ctx.fillText(text, 0, 0)
    ctx.restore()
    this.written++
  }

  points(placed: PlacedPoints): void {
    const font = `500 ${NAME_PX}px ${FONT}`
    for (let at = placed.length - 1; at >= 0 && this.written < MOST_NAMES; at--) {
      if (placed.reachOf(at) < LEAST_NAMED_PX) break // dots, and below them only dots
      if (placed.countOf(at) > 1 || this.frame.zoom < placed.layerOf(at).nameZoom) continue
      const { feature, spot } = placed.at(at)
      if (!spot || feature.id === null) continue
      const text = this.short(feature.name)
      const width = this.width(text, font, 0)
      const away = spot.reachPx + 4 + width / 2
      const places = [[away, 0], [-away, 0], [0, spot.reachPx + 9], [0, -spot.reachPx - 9]] as const
      const place = places.find(([dx, dy]) => this.room.take(
        spot.x + dx - width / 2, spot.y + dy - NAME_PX / 2, width, NAME_PX,
      ))
      if (place) this.write(text, spot.x + place[0], spot.y + place[1], font, this.frame.palette.ink)
    }
  }

  private short(name: string): string {
    const isLong = this.frame.zoom < FULL_NAME_ZOOM && name.length > LONGEST_NAME
    return isLong ? `${name.slice(0, LONGEST_NAME - 1)}…` : name
  }

  /** Symbol and name of each area, and symbol of each line in a bad state, once, in the middle of the largest piece. */
  shapes(placed: readonly Placed[]): void {
    const largest = new Map<string, { one: Placed; sizePx: number }>()
    for (const one of placed) {
      const { feature, layer } = one
      if (feature.shape === 'line' && (this.frame.zoom < LINE_SYMBOL_ZOOM || !isBad(one))) continue
      const { box } = feature
      const sizePx = Math.hypot(box.east - box.west, box.south - box.north) * this.frame.worldPx
      const key = `${layer.name}/${feature.id ?? feature.name}`
      if (sizePx >= SMALLEST_AREA_PX && sizePx > (largest.get(key)?.sizePx ?? 0)) largest.set(key, { one, sizePx })
    }
    for (const { one } of largest.values()) this.shape(one)
  }

  private shape({ feature, layer }: Placed): void {
    const [x, y] = middle(this.frame, feature.parts[0], feature.shape === 'line')
    const half = AREA_SYMBOL_PX / 2
    if (!this.room.take(x - half, y - half, AREA_SYMBOL_PX, AREA_SYMBOL_PX)) return
    const side = AREA_SYMBOL_PX + 10
    const stamp = this.frame.sheet.stamp(lookOf(layer, feature.value), AREA_SYMBOL_PX)
    this.frame.ctx.drawImage(stamp, x - side / 2, y - side / 2, side, side)
    if (feature.shape === 'polygon' && this.isNamed(layer)) this.name(this.short(feature.name), x, y + half + 8)
  }

  private isNamed(layer: LayerInfo): boolean {
    return this.frame.zoom >= layer.nameZoom && this.written < MOST_NAMES
  }

  private name(text: string, x: number, y: number): void {
    const font = `500 ${NAME_PX}px ${FONT}`
    const width = this.width(text, font, 0)
    if (!this.room.take(x - width / 2, y - NAME_PX / 2, width, NAME_PX)) return
    this.write(text, x, y, font, this.frame.palette.ink)
  }

  base(labels: readonly BaseLabel[]): void {
    const { ctx, palette } = this.frame
    for (const label of labels) {
      const font = `${label.weight} ${label.sizePx}px ${FONT}`
      const width = this.width(label.text, font, label.spacingPx)
      const [across, down] = turnedBox(width, label.sizePx, label.turn)
      const y = label.dot ? label.y - label.sizePx * 0.85 : label.y
      const nudge = (label.first ? AREA_NUDGES : NO_NUDGE).find(([dx, dy]) => (
        this.room.take(label.x + dx - across / 2, y + dy - down / 2, across, down)
      ))
      if (!nudge) continue
      if (label.dot) {
        ctx.beginPath()
        ctx.arc(label.x, label.y, 2, 0, Math.PI * 2)
        ctx.fillStyle = palette.inkSoft
        ctx.fill()
      }
      this.write(label.text, label.x + nudge[0], y + nudge[1], font, label.colour, label.spacingPx, label.turn)
    }
  }
}

/** A line's state other than the last, harmless one: closed, controlled. */
const isBad = ({ feature, layer }: Placed): boolean => {
  const rank = classOf(layer, feature.value)?.rank ?? null
  return rank !== null && rank < layer.classes.length - 1
}

function turnedBox(width: number, height: number, turn: number): readonly [number, number] {
  const [cos, sin] = [Math.abs(Math.cos(turn)), Math.abs(Math.sin(turn))]
  return [width * cos + height * sin, width * sin + height * cos]
}

function middle(frame: Frame, part: Float64Array | undefined, isLine: boolean): readonly [number, number] {
  if (!part || part.length === 0) return [-1, -1]
  if (isLine) {
    const at = Math.floor(part.length / 4) * 2
    return [px(frame, part[at] as number), py(frame, part[at + 1] as number)]
  }
  let [area, x, y] = [0, 0, 0] // centroid by the shoelace formula, about the first corner for precision
  const [ox, oy] = [part[0] as number, part[1] as number]
  for (let at = 0; at + 3 < part.length; at += 2) {
    const [x0, y0] = [(part[at] as number) - ox, (part[at + 1] as number) - oy]
    const [x1, y1] = [(part[at + 2] as number) - ox, (part[at + 3] as number) - oy]
    const cross = x0 * y1 - x1 * y0
    area += cross
    x += (x0 + x1) * cross
    y += (y0 + y1) * cross
  }
  if (area === 0) return [px(frame, ox), py(frame, oy)]
  return [px(frame, ox + x / (3 * area)), py(frame, oy + y / (3 * area))]
}
