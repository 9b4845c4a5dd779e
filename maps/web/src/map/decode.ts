/** A vector tile, read once into flat arrays of world coordinates so that drawing is multiply and add. */
import { VectorTile } from '@mapbox/vector-tile'
import { PbfReader } from 'pbf'
import type { TileSpot, Window } from './mercator'

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
  readonly extra: Readonly<Record<string, string | number | boolean>>
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
  readonly features: readonly TileFeature[]
}

const SHAPES: Readonly<Record<number, Shape>> = { 1: 'point', 2: 'line', 3: 'polygon' }

const NO_PARTS: readonly Float64Array[] = []

interface TilePoint {
  readonly x: number
  readonly y: number
}

export const windowOf = (spot: TileSpot): Window => {
  const size = 1 / 2 ** spot.z
  return { west: spot.x * size, north: spot.y * size, east: (spot.x + 1) * size, south: (spot.y + 1) * size }
}

/** Both ends past the same edge of the tile: a line the clipping drew, not the surveyor. */
function isClipped(a: TilePoint, b: TilePoint, extent: number): boolean {
  return (a.x <= 0 && b.x <= 0) || (a.y <= 0 && b.y <= 0)
    || (a.x >= extent && b.x >= extent) || (a.y >= extent && b.y >= extent)
}

function surveyedPieces(ring: readonly TilePoint[], extent: number): TilePoint[][] {
  const pieces: TilePoint[][] = []
  let piece: TilePoint[] = []
  for (const [index, point] of ring.entries()) {
    const before = ring[index - 1]
    if (before && !isClipped(before, point, extent)) {
      if (piece.length === 0) piece.push(before)
      piece.push(point)
    } else if (piece.length > 0) {
      pieces.push(piece)
      piece = []
    }
  }
  if (piece.length > 0) pieces.push(piece)
  return pieces
}

export function decode(bytes: ArrayBuffer, layer: string, by: string | null, spot: TileSpot): DecodedTile {
  const window = windowOf(spot)
  const source = new VectorTile(new PbfReader(new Uint8Array(bytes))).layers[layer]
  if (!source) return { spot, window, features: [] }
  const size = 1 / 2 ** spot.z
  const scale = size / source.extent
  const flat = (points: readonly TilePoint[]): Float64Array => {
    const numbers = new Float64Array(points.length * 2)
    points.forEach((point, index) => {
      numbers[index * 2] = window.west + point.x * scale
      numbers[index * 2 + 1] = window.north + point.y * scale
    })
    return numbers
  }

  const features: TileFeature[] = []
  for (let index = 0; index < source.length; index++) {
    const raw = source.feature(index)
    const shape = SHAPES[raw.type]
    if (!shape) continue
    const geometry: TilePoint[][] = raw.loadGeometry()
    if (shape === 'point') {
      // A tile's margin repeats its neighbour's points; each is drawn by the tile it stands in.
      const place = geometry.flat().find(
        (point) => point.x >= 0 && point.y >= 0 && point.x < source.extent && point.y < source.extent,
      )
      if (!place) continue
      const [x, y] = [window.west + place.x * scale, window.north + place.y * scale]
      const box = { west: x, north: y, east: x, south: y } // all of a point: arrays for 100,000 of them fill the memory
      features.push({ ...facts(raw.properties, raw.id, layer, by), shape, parts: NO_PARTS, outline: NO_PARTS, box })
      continue
    }
    const parts = geometry.map(flat)
    const outline = shape === 'polygon'
      ? geometry.flatMap((ring) => surveyedPieces(ring, source.extent)).map(flat)
      : []
    features.push({ ...facts(raw.properties, raw.id, layer, by), shape, parts, outline, box: boxOf(parts) })
  }
  return { spot, window, features }
}

type Facts = Omit<TileFeature, 'shape' | 'parts' | 'outline' | 'box'>

function facts(
  properties: Readonly<Record<string, string | number | boolean>>, tileId: number | undefined, layer: string,
  by: string | null,
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
