/**
 * One picture of the map: base lines, then areas, lines, points and names of every layer switched on, into one canvas.
 * Nothing collides: what finds no room becomes a dot, a name without room is left out. Worst grades are placed first.
 */
import { classOf, type LayerInfo, type Ref } from '@/state/model'
import { lineLabels, paintBase } from './base'
import { CONTOURS, paintContours } from './contours'
import type { MetricGrid } from './coordinates'
import { labelGrid, paintGrid } from './grid'
import type { DecodedTile, TileFeature } from './decode'
import { paintRinged } from './rows'
import { Labels } from './labels'
import type { Window } from './mercator'
import type { Palette } from './palette'
import { paintPoints, type PlacedPoints } from './placing'
import { Room } from './room'
import type { SymbolSheet } from './symbols'
import { fillFor } from './hatch'

export interface Frame {
  readonly ctx: OffscreenCanvasRenderingContext2D
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

/** What a picture shows. */
export interface Drawn {
  /** Areas, then lines. */
  readonly shapes: readonly Placed[]
  readonly points: PlacedPoints | null
}

const LINE_HALO_PX = 2.5

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

export function paint(frame: Frame): Drawn {
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
  return { shapes: [...areas, ...lines], points }
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
