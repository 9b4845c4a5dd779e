/**
 * One picture of the map: base lines, then areas, lines, points and names of every layer switched on, into one canvas.
 * Nothing collides: what finds no room becomes a dot, a name without room is left out. Worst grades are placed first.
 */
import { classOf, type LayerInfo, type Ref } from '@/state/model'
import { lineLabels, paintBase } from './base'
import { CONTOURS, paintContours } from './contours'
import { DotSheet } from './dots'
import type { MetricGrid } from './coordinates'
import { labelGrid, paintGrid } from './grid'
import type { DecodedTile, TileFeature } from './decode'
import { paintRinged } from './rows'
import { cellSpot, paintCell, type CellSpot } from './cells'
import { Labels } from './labels'
import type { Window } from './mercator'
import type { Palette } from './palette'
import { Room } from './room'
import { lookOf, SYMBOL_PX, trace, type SymbolSheet } from './symbols'
import { fillFor } from './hatch'

export interface Frame {
  readonly ctx: CanvasRenderingContext2D
  readonly widthPx: number
  readonly heightPx: number
  readonly zoom: number
  /** World pixels at `zoom`, and those of the picture's upper left corner. */
  readonly worldPx: number
  readonly leftPx: number
  readonly topPx: number
  /** What of the picture can be seen; the rest is margin for panning. */
  readonly visible: Window
  /** The upper first. Areas lie under lines and lines under points; the order counts among each kind. */
  readonly layers: readonly LayerInfo[]
  /** Percent of layers that are not fully opaque. */
  readonly opacity: ReadonlyMap<string, number>
  readonly tilesOf: (layer: string) => readonly DecodedTile[]
  readonly showBase: boolean
  readonly showContours: boolean
  /** The projection whose kilometre lines are drawn; null: none. */
  readonly grid: MetricGrid | null
  readonly palette: Palette
  readonly sheet: SymbolSheet
  readonly chosen: Ref | null
  /** Selected in a table. */
  readonly ringed: readonly TileFeature[]
}

export interface Placed {
  readonly feature: TileFeature
  readonly layer: LayerInfo
  /** Middle and reach of a point's symbol in the picture; null for lines and areas. */
  readonly spot: { readonly x: number; readonly y: number; readonly reachPx: number } | null
}

const DOT_PX = 3.5
const DOT_HALO_PX = 1.5
const LINE_HALO_PX = 2.5
const FULL_ZOOM = 17

export const px = (frame: Frame, x: number): number => x * frame.worldPx - frame.leftPx
export const py = (frame: Frame, y: number): number => y * frame.worldPx - frame.topPx

export function follow(frame: Frame, part: Float64Array): void {
  const { ctx, worldPx, leftPx, topPx } = frame
  for (let at = 0; at < part.length; at += 2) {
    const x = (part[at] as number) * worldPx - leftPx
    const y = (part[at + 1] as number) * worldPx - topPx
    if (at === 0) ctx.moveTo(x, y)
    else ctx.lineTo(x, y)
  }
}

const symbolPx = (zoom: number): number => (zoom < 11 ? SYMBOL_PX - 4 : zoom < 14 ? SYMBOL_PX : SYMBOL_PX + 4)

/** Draw everything; returns what was drawn, topmost last. */
export function paint(frame: Frame): Placed[] {
  const room = new Room(frame.widthPx, frame.heightPx)
  const labels = new Labels(frame, room)
  const named = new Set(frame.layers.map((layer) => layer.name))
  const heights = frame.showContours ? paintContours(frame, frame.tilesOf(CONTOURS)) : []
  const baseLabels = (frame.showBase ? paintBase(frame) : []).filter((label) => !named.has(label.layer))
  const upwards = [...frame.layers].reverse()
  const areas = upwards.flatMap((layer) => faded(frame, layer, () => paintAreas(frame, layer)))
  const lines = upwards.flatMap((layer) => faded(frame, layer, () => paintLines(frame, layer)))
  if (frame.grid) paintGrid(frame, frame.grid)
  paintChosenShape(frame, [...areas, ...lines])
  const points = paintPoints(frame, room)
  labels.base(baseLabels.filter((label) => label.first))
  labels.shapes(areas)
  labels.shapes(lines)
  labels.points(points)
  for (const layer of frame.layers) {
    const own = lines.filter((one) => one.layer === layer).map((one) => one.feature)
    labels.base(lineLabels(frame, own, layer.nameZoom, frame.palette.ink))
  }
  labels.base([...baseLabels.filter((label) => !label.first), ...heights])
  if (frame.grid) labelGrid(frame, frame.grid)
  paintRinged(frame, frame.ringed)
  return [...areas, ...lines, ...points]
}

/** Draw something of a layer as opaque as the layer is. */
function faded<Drawn>(frame: Frame, layer: LayerInfo, draw: () => Drawn): Drawn {
  frame.ctx.globalAlpha = (frame.opacity.get(layer.name) ?? 100) / 100
  const drawn = draw()
  frame.ctx.globalAlpha = 1
  return drawn
}

const featuresOf = (frame: Frame, layer: LayerInfo, shape: TileFeature['shape']): TileFeature[] =>
  frame.tilesOf(layer.name).flatMap((tile) => tile.features.filter((feature) => feature.shape === shape))

const isChosen = (frame: Frame, feature: TileFeature): boolean =>
  feature.id !== null && frame.chosen?.id === feature.id && frame.chosen.layer === feature.layer

function paintAreas(frame: Frame, layer: LayerInfo): Placed[] {
  const { ctx } = frame
  const placed: Placed[] = []
  for (const tile of frame.tilesOf(layer.name)) {
    const areas = tile.features.filter((feature) => feature.shape === 'polygon')
    if (areas.length === 0) continue
    ctx.save()
    ctx.beginPath() // a tile paints inside its own square: margins would darken where neighbours overlap
    const [x0, y0] = [Math.round(px(frame, tile.window.west)), Math.round(py(frame, tile.window.north))]
    ctx.rect(x0, y0, Math.round(px(frame, tile.window.east)) - x0, Math.round(py(frame, tile.window.south)) - y0)
    ctx.clip()
    for (const feature of areas) {
      const grade = classOf(layer, feature.value)
      ctx.beginPath()
      feature.parts.forEach((part) => follow(frame, part))
      ctx.fillStyle = fillFor(ctx, grade?.colour ?? layer.colour, grade?.rank ?? null, layer.fillOpacity)
      ctx.fill('evenodd')
      placed.push({ feature, layer, spot: null })
    }
    ctx.restore()
  }
  for (const { feature } of placed) {
    const colour = classOf(layer, feature.value)?.colour ?? layer.colour
    stroke(frame, feature.outline, frame.palette.halo, layer.width + LINE_HALO_PX)
    stroke(frame, feature.outline, colour, layer.width, layer.dash)
  }
  return placed
}

export function stroke(
  frame: Frame, parts: readonly Float64Array[], colour: string, widthPx: number, dash: readonly number[] = [],
): void {
  const { ctx } = frame
  ctx.beginPath()
  parts.forEach((part) => follow(frame, part))
  ctx.setLineDash([...dash])
  ctx.lineJoin = 'round'
  ctx.lineCap = dash.length > 0 ? 'butt' : 'round'
  ctx.strokeStyle = colour
  ctx.lineWidth = widthPx
  ctx.stroke()
  ctx.setLineDash([])
}

function paintLines(frame: Frame, layer: LayerInfo): Placed[] {
  const lines = featuresOf(frame, layer, 'line')
  const width = frame.zoom < 12 ? layer.width * 0.75 : layer.width
  for (const line of lines) stroke(frame, line.parts, frame.palette.halo, width + LINE_HALO_PX)
  for (const line of lines) {
    const grade = classOf(layer, line.value)
    const isWorst = grade?.rank === 0
    stroke(frame, line.parts, grade?.colour ?? layer.colour, isWorst ? width * 1.6 : width, layer.dash)
    if (isWorst) stroke(frame, line.parts, frame.palette.body, Math.max(1, width * 0.5), [6, 5])
  }
  return lines.map((feature) => ({ feature, layer, spot: null }))
}

function paintChosenShape(frame: Frame, placed: readonly Placed[]): void {
  for (const { feature, layer } of placed) {
    if (!isChosen(frame, feature)) continue
    const parts = feature.shape === 'polygon' ? feature.outline : feature.parts
    stroke(frame, parts, frame.palette.halo, layer.width + 8)
    stroke(frame, parts, frame.palette.accent, layer.width + 3)
  }
}

export interface Candidate {
  readonly feature: TileFeature
  readonly layer: LayerInfo
  readonly x: number
  readonly y: number
  readonly rank: number
}

const LAST_RANK = 99

/** Ranks of a layer's values, looked up once for each value and not once for each of 100,000 points. */
function ranksOf(layer: LayerInfo): (value: string | null) => number {
  const known = new Map<string | null, number>()
  return (value) => {
    let rank = known.get(value)
    if (rank === undefined) known.set(value, rank = classOf(layer, value)?.rank ?? LAST_RANK)
    return rank
  }
}

/** Points in and about the picture, the worst first; among equals in the order of layers and tiles. */
function candidates(frame: Frame): Candidate[] {
  const byRank = new Map<number, Candidate[]>()
  for (const layer of frame.layers) {
    const rankOf = ranksOf(layer)
    for (const tile of frame.tilesOf(layer.name)) {
      for (const feature of tile.features) {
        if (feature.shape !== 'point') continue
        const x = px(frame, feature.box.west)
        const y = py(frame, feature.box.north)
        if (x < -20 || y < -20 || x > frame.widthPx + 20 || y > frame.heightPx + 20) continue
        const rank = isChosen(frame, feature) ? -1 : rankOf(feature.value)
        const same = byRank.get(rank)
        if (same) same.push({ feature, layer, x, y, rank })
        else byRank.set(rank, [{ feature, layer, x, y, rank }])
      }
    }
  }
  return [...byRank.keys()].sort((a, b) => a - b).flatMap((rank) => byRank.get(rank) ?? [])
}

function paintPoints(frame: Frame, room: Room): Placed[] {
  const sizePx = symbolPx(frame.zoom)
  const boxPx = sizePx * 0.8
  const dots: Candidate[] = []
  const symbols: Candidate[] = []
  const cells: CellSpot[] = []
  const all = candidates(frame)
  for (const one of all) {
    if (one.feature.id === null && one.feature.count > 1) {
      const spot = cellSpot(room, one)
      if (spot) cells.push(spot)
      else dots.push(one)
    } else if (
      room.take(one.x - boxPx / 2, one.y - boxPx / 2, boxPx, boxPx) || one.rank === -1 || frame.zoom >= FULL_ZOOM
    ) symbols.push(one)
    else dots.push(one)
  }
  const placed: Placed[] = []
  paintDots(frame, dots, placed)
  for (const one of symbols.reverse()) placed.push(faded(frame, one.layer, () => paintSymbol(frame, one, sizePx)))
  for (const cell of cells) placed.push(faded(frame, cell.one.layer, () => paintCell(frame, cell)))
  return placed
}

/** Dots that would lie on one another, within less than half of one's width, are one dot: that of the worst. */
const DOT_CELL_PX = 3

/** Smallest symbols, `dots` worst first. All are placed, so that they are counted and found under the pointer. */
function paintDots(frame: Frame, dots: readonly Candidate[], placed: Placed[]): void {
  const columns = Math.ceil((frame.widthPx + 40) / DOT_CELL_PX)
  const taken = new Uint8Array(columns * Math.ceil((frame.heightPx + 40) / DOT_CELL_PX))
  const isOnTop = dots.map((one) => {
    const cell = Math.floor((one.y + 20) / DOT_CELL_PX) * columns + Math.floor((one.x + 20) / DOT_CELL_PX)
    return taken[cell] === 1 ? false : (taken[cell] = 1) === 1
  })
  const sheet = new DotSheet(frame.widthPx, frame.heightPx, frame.ctx.getTransform().a, DOT_PX, DOT_HALO_PX)
  for (let at = dots.length - 1; at >= 0; at--) {
    const { feature, layer, x, y } = dots[at] as Candidate
    placed.push({ feature, layer, spot: { x, y, reachPx: DOT_PX + 1 } })
    if (!isOnTop[at]) continue
    const colour = classOf(layer, feature.value)?.colour ?? layer.colour
    sheet.add(x, y, colour, frame.palette.halo, (frame.opacity.get(layer.name) ?? 100) / 100)
  }
  sheet.paint(frame.ctx)
}

function paintSymbol(frame: Frame, one: Candidate, sizePx: number): Placed {
  const { ctx } = frame
  const look = lookOf(one.layer, one.feature.value)
  if (isChosen(frame, one.feature)) {
    ctx.save()
    ctx.translate(one.x, one.y)
    for (const [colour, width] of [[frame.palette.halo, 9], [frame.palette.accent, 4]] as const) {
      trace(ctx, look.outline, sizePx / 2 + 3)
      ctx.strokeStyle = colour
      ctx.lineWidth = width
      ctx.stroke()
    }
    ctx.restore()
  }
  const side = sizePx + 10
  ctx.drawImage(frame.sheet.stamp(look, sizePx), one.x - side / 2, one.y - side / 2, side, side)
  return { feature: one.feature, layer: one.layer, spot: { x: one.x, y: one.y, reachPx: sizePx / 2 } }
}
