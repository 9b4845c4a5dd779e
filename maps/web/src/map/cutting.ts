/**
 * Splitting and merging. Faces are found by JTS's polygonizer (@turf/polygonize), unions by polyclip-ts; what is done here
 * is to bring the two sides of a cut to the very same coordinates, so that no sliver lies between the pieces.
 */
import { polygonize } from '@turf/polygonize'
import { union, type Geom } from 'polyclip-ts'
import type { LonLat } from './coordinates'
import { lengthM } from './geodesy'
import { isArea, polygonsOf, rounded, samePlace, shapeAreaM2, strands, type Ring, type Shape } from './shapes'

/** Where two segments cross, as parts of each; null when they do not (also when they are parallel). */
function crossing(a: LonLat, b: LonLat, c: LonLat, d: LonLat): { t: number; u: number; at: LonLat } | null {
  const [rx, ry, sx, sy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]]
  const across = rx * sy - ry * sx
  if (across === 0) return null
  const t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / across
  const u = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / across
  if (t < 0 || t > 1 || u < 0 || u > 1) return null
  return { t, u, at: rounded([a[0] + t * rx, a[1] + t * ry]) }
}

interface Node {
  readonly leg: number
  readonly part: number
  readonly at: LonLat
}

const segments = (line: Ring): (readonly [LonLat, LonLat])[] =>
  line.slice(1).map((to, index) => [line[index] as LonLat, to] as const)

/** The line with `nodes` put in where they belong, and no place twice in a row. */
function noded(line: Ring, nodes: readonly Node[]): LonLat[] {
  const out: LonLat[] = []
  const add = (at: LonLat): void => {
    const last = out[out.length - 1]
    if (!last || !samePlace(last, at)) out.push(at)
  }
  line.forEach((at, leg) => {
    add(at)
    nodes.filter((node) => node.leg === leg).sort((a, b) => a.part - b.part).forEach((node) => add(node.at))
  })
  return out
}

/** Line and rings, each with a vertex wherever they cross the other. */
function nodedTogether(blade: Ring, rings: readonly Ring[]): { blade: LonLat[]; rings: LonLat[][]; crossings: number } {
  const onBlade: Node[] = []
  const cut = rings.map((ring) => {
    const onRing: Node[] = []
    segments(ring).forEach(([a, b], leg) => {
      segments(blade).forEach(([c, d], bladeLeg) => {
        const met = crossing(a, b, c, d)
        if (!met) return
        onRing.push({ leg, part: met.t, at: met.at })
        onBlade.push({ leg: bladeLeg, part: met.u, at: met.at })
      })
    })
    return noded(ring, onRing)
  })
  return { blade: noded(blade, onBlade), rings: cut, crossings: onBlade.length }
}

/** Even-odd over all rings of a polygon: holes count as outside. */
export function isInside([x, y]: LonLat, rings: readonly Ring[]): boolean {
  let inside = false
  for (const ring of rings) {
    for (const [[ax, ay], [bx, by]] of segments(ring)) {
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
    }
  }
  return inside
}

/** A place inside the ring: the middle of the widest stretch of a level line through it. */
function placeIn(rings: readonly Ring[]): LonLat {
  const heights = [...new Set((rings[0] ?? []).map(([, lat]) => lat))].sort((a, b) => a - b)
  const gaps = heights.slice(1).map((high, index) => [heights[index] as number, high] as const)
  const [low, high] = gaps.sort((a, b) => b[1] - b[0] - (a[1] - a[0]))[0] ?? [0, 0]
  const y = (low + high) / 2
  const hits = rings.flatMap((ring) => segments(ring))
    .filter(([a, b]) => a[1] > y !== b[1] > y)
    .map(([a, b]) => a[0] + ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1])).sort((a, b) => a - b)
  const spans = hits.slice(1).map((to, index) => [hits[index] as number, to] as const).filter((_, index) => index % 2 === 0)
  const [from, to] = spans.sort((a, b) => b[1] - b[0] - (a[1] - a[0]))[0] ?? [0, 0]
  return [(from + to) / 2, y]
}

function facesOf(blade: Ring, polygon: readonly Ring[]): Ring[][] {
  const together = nodedTogether(blade, polygon)
  const edges = new Map<string, readonly [LonLat, LonLat]>()
  for (const line of [together.blade, ...together.rings]) {
    for (const [a, b] of segments(line)) edges.set([a.join(), b.join()].sort().join(' '), [a, b])
  }
  const faces = polygonize({ type: 'MultiLineString', coordinates: [...edges.values()].map(([a, b]) => [[...a], [...b]]) })
  return faces.features.map((face) => face.geometry.coordinates as unknown as Ring[]).filter((face) => isInside(placeIn(face), polygon))
}

const asKind = (type: string, polygons: readonly (readonly Ring[])[]): Shape =>
  type === 'MultiPolygon' ? { type, coordinates: polygons } : { type: 'Polygon', coordinates: polygons[0] }

/** Pieces of a polygon cut by a line, largest first; null when the line does not cut through. */
function splitArea(shape: Shape, blade: Ring): Shape[] | null {
  const cut = polygonsOf(shape).map((polygon) => ({ polygon, faces: facesOf(blade, polygon) }))
  if (cut.every(({ faces }) => faces.length < 2)) return null
  const whole = cut.filter(({ faces }) => faces.length < 2).map(({ polygon }) => polygon)
  const pieces = cut.filter(({ faces }) => faces.length > 1).flatMap(({ faces }) => faces)
    .sort((a, b) => shapeAreaM2({ type: 'Polygon', coordinates: b }) - shapeAreaM2({ type: 'Polygon', coordinates: a }))
  // Parts the line leaves alone stay with the largest piece: it is the one that keeps its identity.
  return pieces.map((piece, index) => asKind(shape.type, index === 0 ? [piece, ...whole] : [piece]))
}

/** Pieces of a line cut where the drawn line crosses it, longest first; null when it does not. */
function splitLine(shape: Shape, blade: Ring): Shape[] | null {
  const lines = strands(shape).map(({ line }) => line)
  if (lines.length !== 1 || !lines[0]) return null
  const { rings, blade: nodes } = nodedTogether(blade, lines)
  const line = rings[0] ?? []
  const places = new Set(nodes.map((at) => at.join()))
  const cuts = line.map((at, index) => (places.has(at.join()) && index > 0 && index < line.length - 1 ? index : -1)).filter((at) => at > 0)
  if (cuts.length === 0) return null
  const ends = [0, ...cuts, line.length - 1]
  const pieces = ends.slice(1).map((end, index) => line.slice(ends[index], end + 1)).sort((a, b) => lengthM(b) - lengthM(a))
  return pieces.map((piece) => ({ type: shape.type, coordinates: shape.type === 'MultiLineString' ? [piece] : piece }))
}

export const split = (shape: Shape, blade: Ring): Shape[] | null =>
  isArea(shape.type) ? splitArea(shape, blade) : splitLine(shape, blade)

/** One area out of several; null where a layer of single polygons would get more than one. */
export function merged(shapes: readonly Shape[]): Shape | null {
  const [first, ...rest] = shapes.map((shape) => polygonsOf(shape) as unknown as Geom)
  const type = shapes[0]?.type
  if (!first || !type) return null
  const all = union(first, ...rest) as unknown as Ring[][]
  return type === 'Polygon' && all.length !== 1 ? null : asKind(type, all)
}

/** Square of the degrees between the nearest vertices, east narrowed by the latitude: good enough to tell which is nearer. */
function away2(polygon: readonly Ring[], [lon, lat]: LonLat): number {
  const narrow = Math.cos((lat * Math.PI) / 180)
  return Math.min(...polygon.flat().map(([x, y]) => ((x - lon) * narrow) ** 2 + (y - lat) ** 2))
}

/**
 * An area that belongs to a shape just cut into `pieces`, cut by the same line and each part given to the piece it lies in, or
 * to the nearest. null where a piece would get several parts and the kind takes one. `isCut`: the line went through it.
 */
export function shareOut(area: Shape, pieces: readonly Shape[], blade: Ring): { parts: (Shape | null)[]; isCut: boolean } | null {
  const cut = splitArea(area, blade)
  const given: Ring[][][] = pieces.map(() => [])
  for (const polygon of (cut ?? [area]).flatMap(polygonsOf)) {
    const at = placeIn(polygon)
    const inside = pieces.findIndex((piece) => polygonsOf(piece).some((one) => isInside(at, one)))
    const aways = pieces.map((piece) => Math.min(...polygonsOf(piece).map((one) => away2(one, at))))
    given[inside >= 0 ? inside : aways.indexOf(Math.min(...aways))]?.push(polygon)
  }
  if (area.type === 'Polygon' && given.some((polygons) => polygons.length > 1)) return null
  return { parts: given.map((polygons) => (polygons.length > 0 ? asKind(area.type, polygons) : null)), isCut: cut !== null }
}
