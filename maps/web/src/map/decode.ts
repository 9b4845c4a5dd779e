/** A vector tile, read once into flat arrays of world coordinates so that drawing is multiply and add. Points: points.ts. */
import type { TileSpot, Window } from './mercator'
import { layerIn, type Property } from './mvt'
import { NO_POINTS, readPoints, type Points } from './points'

export type Shape = 'point' | 'line' | 'polygon'

export interface TileFeature {
  readonly layer: string
  /** null for an aggregated cell, which stands for many objects and opens none. */
  readonly id: string | null
  readonly code: string
  readonly name: string
  readonly status: string
  readonly exercise: boolean
  /** How many objects this stands for. */
  readonly count: number
  /** Value of the legend's field; of an aggregated cell the worst one in it. */
  readonly value: string | null
  readonly extra: Readonly<Record<string, Property>>
  readonly shape: Shape
  /** x0, y0, x1, y1 … of each part of a line or area; a point is its box. */
  readonly parts: readonly Float64Array[]
  /** Outline of a polygon without the pieces that only the tile's edge made. */
  readonly outline: readonly Float64Array[]
  readonly box: Window
}

export interface DecodedTile {
  readonly spot: TileSpot
  readonly window: Window
  /** Lines and areas. */
  readonly features: readonly TileFeature[]
  readonly points: Points
}

const SHAPES: Readonly<Record<number, Shape>> = { 2: 'line', 3: 'polygon' }

export const windowOf = (spot: TileSpot): Window => {
  const size = 1 / 2 ** spot.z
  return { west: spot.x * size, north: spot.y * size, east: (spot.x + 1) * size, south: (spot.y + 1) * size }
}

/** Both ends past the same edge of the tile: a line the clipping drew, not the surveyor. */
const isClipped = (ax: number, ay: number, bx: number, by: number, extent: number): boolean =>
  (ax <= 0 && bx <= 0) || (ay <= 0 && by <= 0) || (ax >= extent && bx >= extent) || (ay >= extent && by >= extent)

function surveyedPieces(ring: readonly number[], extent: number): number[][] {
  const pieces: number[][] = []
  let piece: number[] = []
  for (let at = 2; at < ring.length; at += 2) {
    const [ax, ay, bx, by] = ring.slice(at - 2, at + 2) as [number, number, number, number]
    if (!isClipped(ax, ay, bx, by, extent)) {
      if (piece.length === 0) piece.push(ax, ay)
      piece.push(bx, by)
    } else if (piece.length > 0) {
      pieces.push(piece)
      piece = []
    }
  }
  if (piece.length > 0) pieces.push(piece)
  return pieces
}

/** An empty tile: what a server answers where nothing lies. */
export const emptyTile = (spot: TileSpot): DecodedTile => ({ spot, window: windowOf(spot), features: [], points: NO_POINTS })

export function decode(bytes: ArrayBuffer, layer: string, by: string | null, spot: TileSpot): DecodedTile {
  const source = layerIn(bytes, layer)
  if (!source) return emptyTile(spot)
  const window = windowOf(spot)
  const scale = 1 / 2 ** spot.z / source.extent
  const inWorld = (positions: readonly number[]): Float64Array => Float64Array.from(
    positions, (position, at) => (at % 2 === 0 ? window.west : window.north) + position * scale,
  )
  const features: TileFeature[] = []
  for (let at = 0; at < source.length; at++) {
    source.open(at)
    const shape = SHAPES[source.type]
    if (!shape) continue
    const rings = source.readParts()
    const parts = rings.map(inWorld)
    const outline = shape === 'polygon' ? rings.flatMap((ring) => surveyedPieces(ring, source.extent)).map(inWorld) : []
    features.push({ ...facts(source.properties(), source.id, layer, by), shape, parts, outline, box: boxOf(parts) })
  }
  const points = readPoints(source, by, window, (properties, id) => facts(properties, id, layer, by))
  return { spot, window, features, points }
}

type Facts = Omit<TileFeature, 'shape' | 'parts' | 'outline' | 'box'>

function facts(
  properties: Readonly<Record<string, Property>>, tileId: number | undefined, layer: string, by: string | null,
): Facts {
  const count = Number(properties.count ?? 1)
  const isCell = count > 1 // a cell of one is that one
  const id = properties.id ?? tileId
  const value = properties.worst ?? (by === null ? undefined : properties[by])
  return {
    layer,
    id: isCell || id === undefined ? null : String(id),
    code: String(properties.code ?? ''),
    name: String(properties.name ?? ''),
    status: String(properties.status ?? ''),
    exercise: properties.exercise === true || properties.exercise === 1,
    count,
    value: value === undefined ? null : String(value),
    extra: properties,
  }
}

function boxOf(parts: readonly Float64Array[]): Window {
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) {
      const [x, y] = [part[at] as number, part[at + 1] as number]
      west = Math.min(west, x)
      east = Math.max(east, x)
      north = Math.min(north, y)
      south = Math.max(south, y)
    }
  }
  return { west, north, east, south }
}
