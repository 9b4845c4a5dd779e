/**
 * The points of a picture: the worst claim their room first. Who finds it gets a symbol, a cell its disc, the others a dot.
 * Columns of numbers all the way: an object for each of 100,000 points costs more than drawing them.
 */
import { classOf, type LayerInfo } from '@/state/model'
import { cellSpot, paintCell, type CellSpot } from './cells'
import { DotSheet } from './dots'
import type { Window } from './mercator'
import { px, py, type Frame, type Placed } from './picture'
import type { Points } from './points'
import type { Room } from './room'
import { lookOf, SYMBOL_PX, trace, type Look } from './symbols'

const DOT_PX = 3.5
const DOT_HALO_PX = 1.5
/** Dots that would lie on one another, within less than half of one's width, are one dot: that of the worst. */
const DOT_CELL_PX = 3
/** So far outside the picture a symbol still reaches into it. */
const EDGE_PX = 20
const FULL_ZOOM = 17
const [CHOSEN_RANK, LAST_RANK] = [-1, 99]

const symbolPx = (zoom: number): number => (zoom < 11 ? SYMBOL_PX - 4 : zoom < 14 ? SYMBOL_PX : SYMBOL_PX + 4)

/** One tile's points with how each of their grades looks. */
export interface Table {
  readonly layer: LayerInfo
  readonly points: Points
  readonly opacity: number
  readonly looks: readonly Look[]
  readonly ranks: readonly number[]
  /** Row of what is chosen; -1: not here. */
  readonly chosen: number
}

/** Points in the picture: place, and whose row of which table. */
export class Spots {
  length = 0
  readonly x: Float32Array
  readonly y: Float32Array
  readonly table: Uint16Array
  readonly row: Uint32Array

  constructor(readonly tables: readonly Table[], most: number) {
    this.x = new Float32Array(most)
    this.y = new Float32Array(most)
    this.table = new Uint16Array(most)
    this.row = new Uint32Array(most)
  }

  add(x: number, y: number, table: number, row: number): void {
    const { length } = this
    this.x[length] = x
    this.y[length] = y
    this.table[length] = table
    this.row[length] = row
    this.length = length + 1
  }

  tableOf(at: number): Table {
    return this.tables[this.table[at] as number] as Table
  }

  lookAt(at: number): Look {
    const { looks, points } = this.tableOf(at)
    return looks[points.grades[this.row[at] as number] as number] as Look
  }

  countAt(at: number): number {
    return this.tableOf(at).points.counts[this.row[at] as number] as number
  }
}

/** What was drawn of the points, topmost last. */
export class PlacedPoints {
  private readonly reachPx: Float32Array

  constructor(private readonly spots: Spots) {
    this.reachPx = new Float32Array(spots.x.length)
  }

  get length(): number {
    return this.spots.length
  }

  add(from: Spots, at: number, reachPx: number, x = from.x[at] as number, y = from.y[at] as number): void {
    this.reachPx[this.spots.length] = reachPx
    this.spots.add(x, y, from.table[at] as number, from.row[at] as number)
  }

  reachOf(at: number): number {
    return this.reachPx[at] as number
  }

  layerOf(at: number): LayerInfo {
    return this.spots.tableOf(at).layer
  }

  countOf(at: number): number {
    return this.spots.countAt(at)
  }

  at(at: number): Placed {
    const { layer, points } = this.spots.tableOf(at)
    const spot = { x: this.spots.x[at] as number, y: this.spots.y[at] as number, reachPx: this.reachOf(at) }
    return { layer, feature: points.feature(this.spots.row[at] as number), spot }
  }

  rankOf(at: number): number {
    const { points, ranks } = this.spots.tableOf(at)
    return ranks[points.grades[this.spots.row[at] as number] as number] as number
  }

  /** Those in a window of the world: which, how many objects of each layer, and whether any is an exercise's. */
  within(window: Window): { spots: Uint32Array; counts: ReadonlyMap<string, number>; hasExercise: boolean } {
    const { spots: { tables, table, row }, length } = this
    const byTable = new Float64Array(tables.length)
    const found = new Uint32Array(length)
    let [many, hasExercise] = [0, false]
    for (let at = 0; at < length; at++) {
      const { points } = tables[table[at] as number] as Table
      const place = row[at] as number
      const [x, y] = [points.x[place] as number, points.y[place] as number]
      if (x < window.west || x > window.east || y < window.north || y > window.south) continue
      found[many++] = at
      byTable[table[at] as number] = (byTable[table[at] as number] as number) + (points.counts[place] as number)
      if (points.exercise[place] === 1) hasExercise = true
    }
    const counts = new Map<string, number>()
    tables.forEach(({ layer }, at) => {
      if (byTable[at]) counts.set(layer.name, (counts.get(layer.name) ?? 0) + (byTable[at] as number))
    })
    return { spots: found.subarray(0, many), counts, hasExercise }
  }

  /** The point whose symbol, and `morePx` around it, holds the place; the nearest, and among equals the topmost. */
  nearest(x: number, y: number, morePx: number): Placed | null {
    const { spots: { x: xs, y: ys }, reachPx, length } = this
    let [found, nearest] = [-1, Infinity]
    for (let at = 0; at < length; at++) {
      const reach = (reachPx[at] as number) + morePx
      const dx = (xs[at] as number) - x
      if (dx > reach || dx < -reach) continue // all but a few of 100,000
      const away = Math.hypot(dx, (ys[at] as number) - y)
      if (away > reach || away > nearest) continue
      found = at
      nearest = away
    }
    return found < 0 ? null : this.at(found)
  }
}

function tablesOf(frame: Frame): Table[] {
  return frame.layers.flatMap((layer) => frame.tilesOf(layer.name).flatMap(({ points }): Table[] => points.length === 0 ? [] : [{
    layer, points,
    opacity: (frame.opacity.get(layer.name) ?? 100) / 100,
    looks: points.values.map((value) => lookOf(layer, value)),
    ranks: points.values.map((value) => classOf(layer, value)?.rank ?? LAST_RANK),
    chosen: frame.chosen?.layer === layer.name ? points.ids.indexOf(Number(frame.chosen.id)) : -1,
  }]))
}

interface Claims {
  readonly spots: Spots
  /** Places in `spots`, the worst rank first; among equals in the order of layers and tiles. */
  readonly order: Uint32Array
  /** Place in `spots` of what is chosen; -1: not in the picture. */
  readonly chosen: number
}

function claimsIn(frame: Frame): Claims {
  const tables = tablesOf(frame)
  const spots = new Spots(tables, tables.reduce((sum, { points }) => sum + points.length, 0))
  const ranks = new Int16Array(spots.x.length)
  const [rightPx, bottomPx] = [frame.widthPx + EDGE_PX, frame.heightPx + EDGE_PX]
  let chosen = -1
  tables.forEach(({ points, ranks: rankOf, chosen: chosenRow }, table) => {
    for (let row = 0; row < points.length; row++) {
      const x = px(frame, points.x[row] as number)
      const y = py(frame, points.y[row] as number)
      if (x < -EDGE_PX || y < -EDGE_PX || x > rightPx || y > bottomPx) continue
      ranks[spots.length] = row === chosenRow ? CHOSEN_RANK : rankOf[points.grades[row] as number] as number
      if (row === chosenRow) chosen = spots.length
      spots.add(x, y, table, row)
    }
  })
  return { spots, order: sortedByRank(ranks.subarray(0, spots.length)), chosen }
}

/** Places sorted by rank, equal ones as they stood (counting sort). */
export function sortedByRank(ranks: Int16Array): Uint32Array {
  const counts = new Map<number, number>()
  for (const rank of ranks) counts.set(rank, (counts.get(rank) ?? 0) + 1)
  const next = new Map<number, number>()
  let from = 0
  for (const rank of [...counts.keys()].sort((a, b) => a - b)) {
    next.set(rank, from)
    from += counts.get(rank) as number
  }
  const order = new Uint32Array(ranks.length)
  for (let at = 0; at < ranks.length; at++) {
    const rank = ranks[at] as number
    const place = next.get(rank) as number
    order[place] = at
    next.set(rank, place + 1)
  }
  return order
}

export function paintPoints(frame: Frame, room: Room): PlacedPoints {
  const { spots, order, chosen } = claimsIn(frame)
  const sizePx = symbolPx(frame.zoom)
  const boxPx = sizePx * 0.8
  const dots: number[] = []
  const symbols: number[] = []
  const cells: CellSpot[] = []
  for (const at of order) {
    const [x, y, count] = [spots.x[at] as number, spots.y[at] as number, spots.countAt(at)]
    const cell = count > 1 ? cellSpot(room, x, y, count) : null
    if (cell) cells.push({ ...cell, at })
    else if (count === 1 && (
      room.take(x - boxPx / 2, y - boxPx / 2, boxPx, boxPx) || at === chosen || frame.zoom >= FULL_ZOOM
    )) symbols.push(at)
    else dots.push(at)
  }
  const placed = new PlacedPoints(new Spots(spots.tables, spots.length))
  paintDots(frame, spots, dots, placed)
  for (const at of symbols.reverse()) {
    frame.ctx.globalAlpha = spots.tableOf(at).opacity
    paintSymbol(frame, spots, at, sizePx, at === chosen)
    placed.add(spots, at, sizePx / 2)
  }
  for (const cell of cells) {
    frame.ctx.globalAlpha = spots.tableOf(cell.at).opacity
    paintCell(frame, spots.lookAt(cell.at), cell)
    placed.add(spots, cell.at, cell.radiusPx, cell.x, cell.y)
  }
  frame.ctx.globalAlpha = 1
  return placed
}

/** Smallest symbols, `dots` worst first. All are placed, so that they are counted and found under the pointer. */
function paintDots(frame: Frame, spots: Spots, dots: readonly number[], placed: PlacedPoints): void {
  const columns = Math.ceil((frame.widthPx + 2 * EDGE_PX) / DOT_CELL_PX)
  const taken = new Uint8Array(columns * Math.ceil((frame.heightPx + 2 * EDGE_PX) / DOT_CELL_PX))
  const isOnTop = new Uint8Array(dots.length)
  dots.forEach((spot, at) => {
    const row = Math.floor(((spots.y[spot] as number) + EDGE_PX) / DOT_CELL_PX)
    const cell = row * columns + Math.floor(((spots.x[spot] as number) + EDGE_PX) / DOT_CELL_PX)
    if (taken[cell] === 1) return
    taken[cell] = 1
    isOnTop[at] = 1
  })
  const sheet = new DotSheet(frame.widthPx, frame.heightPx, frame.ctx.getTransform().a, DOT_PX, DOT_HALO_PX)
  for (let at = dots.length - 1; at >= 0; at--) {
    const spot = dots[at] as number
    placed.add(spots, spot, DOT_PX + 1)
    if (isOnTop[at] === 0) continue
    sheet.add(spots.x[spot] as number, spots.y[spot] as number, spots.lookAt(spot).colour, frame.palette.halo, spots.tableOf(spot).opacity)
  }
  sheet.paint(frame.ctx)
}

function paintSymbol(frame: Frame, spots: Spots, at: number, sizePx: number, isChosen: boolean): void {
  const { ctx, palette } = frame
  const look = spots.lookAt(at)
  const [x, y] = [spots.x[at] as number, spots.y[at] as number]
  if (isChosen) {
    ctx.save()
    ctx.translate(x, y)
    for (const [colour, width] of [[palette.halo, 9], [palette.accent, 4]] as const) {
      trace(ctx, look.outline, sizePx / 2 + 3)
      ctx.strokeStyle = colour
      ctx.lineWidth = width
      ctx.stroke()
    }
    ctx.restore()
  }
  const side = sizePx + 10
  ctx.drawImage(frame.sheet.stamp(look, sizePx), x - side / 2, y - side / 2, side, side)
}
