/** Shapes as a hand changes them: vertices by their path in GeoJSON coordinates, moved, added, taken out. Nothing is changed in place. */
import type { LonLat } from './coordinates'
import { areaM2 } from './geodesy'

export interface Shape {
  readonly type: string
  readonly coordinates: unknown
}

/** Indexes into the coordinates: [] of a point, [vertex] of a line, [part, ring, vertex] of a multipolygon. */
export type Path = readonly number[]

export interface Vertex {
  readonly path: Path
  readonly at: LonLat
}

/** Seven decimals of a degree are a centimetre; a hand on a map is no finer. */
const DECIMALS = 1e7
const DEPTH: Readonly<Record<string, number>> = { Point: 0, LineString: 1, MultiLineString: 2, Polygon: 2, MultiPolygon: 3 }
const AREAS = new Set(['Polygon', 'MultiPolygon'])

export const isArea = (type: string): boolean => AREAS.has(type)
export const isPoint = (type: string): boolean => type === 'Point'

export const rounded = ([lon, lat]: LonLat): LonLat =>
  [Math.round(lon * DECIMALS) / DECIMALS, Math.round(lat * DECIMALS) / DECIMALS]

export const samePlace = (a: LonLat, b: LonLat): boolean => a[0] === b[0] && a[1] === b[1]
export const samePath = (a: Path | null, b: Path | null): boolean => a?.join() === b?.join()

export const sameShape = (a: Shape | null, b: Shape | null): boolean =>
  a === b || JSON.stringify(a?.coordinates ?? null) === JSON.stringify(b?.coordinates ?? null)

/** Lists of vertices with the path of each list: a line or a ring (closed: its last vertex repeats the first). */
export function strands(shape: Shape): { path: Path; line: readonly LonLat[] }[] {
  const depth = DEPTH[shape.type] ?? 0
  const found: { path: Path; line: readonly LonLat[] }[] = []
  const walk = (nested: unknown, left: number, path: Path): void => {
    if (left === 1) found.push({ path, line: nested as LonLat[] })
    else (nested as unknown[]).forEach((part, index) => walk(part, left - 1, [...path, index]))
  }
  if (depth > 0) walk(shape.coordinates, depth, [])
  return found
}

/** Closed: the last place repeats the first. */
export type Ring = readonly LonLat[]

export const polygonsOf = (shape: Shape): Ring[][] =>
  shape.type === 'MultiPolygon' ? (shape.coordinates as Ring[][]) : [shape.coordinates as Ring[]]

/** Area without its holes, m². */
export const shapeAreaM2 = (shape: Shape): number => polygonsOf(shape).reduce((sum, rings) =>
  sum + rings.reduce((own, ring, index) => own + (index === 0 ? 1 : -1) * areaM2(ring.slice(0, -1)), 0), 0)

/** Every vertex once; of a ring the closing one is left out. */
export function vertices(shape: Shape): Vertex[] {
  if (isPoint(shape.type)) return [{ path: [], at: shape.coordinates as LonLat }]
  const isClosed = isArea(shape.type)
  return strands(shape).flatMap(({ path, line }) =>
    (isClosed ? line.slice(0, -1) : line).map((at, index) => ({ path: [...path, index], at })))
}

export const vertexCount = (shape: Shape): number =>
  isPoint(shape.type) ? 1 : strands(shape).reduce((sum, { line }) => sum + line.length - (isArea(shape.type) ? 1 : 0), 0)

function withStrand(nested: unknown, path: Path, change: (line: LonLat[]) => LonLat[]): unknown {
  const [index, ...rest] = path
  if (index === undefined) return change([...(nested as LonLat[])])
  return (nested as unknown[]).map((part, at) => (at === index ? withStrand(part, rest, change) : part))
}

function changed(shape: Shape, path: Path, change: (line: LonLat[], index: number) => LonLat[]): Shape {
  const index = path[path.length - 1] ?? 0
  return { ...shape, coordinates: withStrand(shape.coordinates, path.slice(0, -1), (line) => change(line, index)) }
}

export function moved(shape: Shape, path: Path, to: LonLat): Shape {
  if (isPoint(shape.type)) return { ...shape, coordinates: to }
  return changed(shape, path, (line, index) => {
    line[index] = to
    if (isArea(shape.type) && index === 0) line[line.length - 1] = to
    return line
  })
}

/** A new vertex before the one at `path`; its own path is then `path`. */
export const inserted = (shape: Shape, path: Path, at: LonLat): Shape =>
  changed(shape, path, (line, index) => [...line.slice(0, index), at, ...line.slice(index)])

/** Without the vertex; null where the rest would be no line or ring any more. */
export function removed(shape: Shape, path: Path): Shape | null {
  if (isPoint(shape.type)) return null
  const strand = strands(shape).find((one) => samePath(one.path, path.slice(0, -1)))
  const fewest = isArea(shape.type) ? 4 : 2
  if (!strand || strand.line.length <= fewest) return null
  return changed(shape, path, (line, index) => {
    const left = line.filter((_, at) => at !== index)
    if (isArea(shape.type) && index === 0) left[left.length - 1] = left[0] as LonLat
    return left
  })
}

/** What a hand drew, as the layer's kind of shape; null while it is too short to be one. */
export function drawnShape(type: string, places: readonly LonLat[]): Shape | null {
  const [first] = places
  if (!first) return null
  switch (type) {
    case 'Point': return { type, coordinates: places[places.length - 1] }
    case 'LineString': return places.length >= 2 ? { type, coordinates: places } : null
    case 'MultiLineString': return places.length >= 2 ? { type, coordinates: [places] } : null
    case 'Polygon': return places.length >= 3 ? { type, coordinates: [[...places, first]] } : null
    case 'MultiPolygon': return places.length >= 3 ? { type, coordinates: [[[...places, first]]] } : null
    default: return null
  }
}

export interface Pixel {
  readonly x: number
  readonly y: number
}

/**
 * Vertices to give a handle: those in view, none nearer than `apartPx` to the one before it in the line, `most` at most.
 * A shape of thousands of vertices gets few handles from afar and all of them near by.
 */
export function handled(all: readonly Vertex[], pixelOf: (at: LonLat) => Pixel, size: Pixel, apartPx: number, most: number): Vertex[] {
  const inView = all.map((vertex) => ({ vertex, px: pixelOf(vertex.at) }))
    .filter(({ px }) => px.x >= 0 && px.y >= 0 && px.x <= size.x && px.y <= size.y)
  for (let apart = apartPx; ; apart *= 1.5) {
    const kept = spaced(inView, apart)
    if (kept.length <= most || inView.length <= most) return kept
  }
}

function spaced(inView: readonly { vertex: Vertex; px: Pixel }[], apartPx: number): Vertex[] {
  const taken = new Set<string>()
  const cell = (px: Pixel): string => `${Math.floor(px.x / apartPx)},${Math.floor(px.y / apartPx)}`
  return inView.filter(({ px }) => {
    const key = cell(px)
    if (taken.has(key)) return false
    taken.add(key)
    return true
  }).map(({ vertex }) => vertex)
}

export interface Snapped {
  readonly at: LonLat
  readonly on: 'vertex' | 'edge'
}

/** The nearest vertex within reach, else the nearest place on an edge; null: nothing near enough. */
export function snap(to: Pixel, lines: readonly (readonly LonLat[])[], pixelOf: (at: LonLat) => Pixel, reachPx: number): Snapped | null {
  let vertex: LonLat | null = null
  let vertexAway = reachPx
  let edge: LonLat | null = null
  let edgeAway = reachPx
  for (const line of lines) {
    let before: { at: LonLat; px: Pixel } | null = null
    for (const at of line) {
      const px = pixelOf(at)
      const away = Math.hypot(px.x - to.x, px.y - to.y)
      if (away < vertexAway) [vertex, vertexAway] = [at, away]
      if (before) {
        const part = along(to, before.px, px)
        const spot = { x: before.px.x + part * (px.x - before.px.x), y: before.px.y + part * (px.y - before.px.y) }
        const off = Math.hypot(spot.x - to.x, spot.y - to.y)
        if (off < edgeAway) {
          edge = [before.at[0] + part * (at[0] - before.at[0]), before.at[1] + part * (at[1] - before.at[1])]
          edgeAway = off
        }
      }
      before = { at, px }
    }
  }
  if (vertex) return { at: vertex, on: 'vertex' }
  return edge && { at: rounded(edge), on: 'edge' }
}

/** How far along a–b, 0 to 1, lies the place nearest to `to`. */
function along(to: Pixel, a: Pixel, b: Pixel): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const square = dx * dx + dy * dy
  return square === 0 ? 0 : Math.min(1, Math.max(0, ((to.x - a.x) * dx + (to.y - a.y) * dy) / square))
}
