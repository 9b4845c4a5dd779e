/** Rows of a table as the map draws them: in place of a layer's tiles, which cannot be filtered, or ringed on top of them. */
import type { LayerInfo, Value } from '@/state/model'
import type { DecodedTile, Shape, TileFeature } from './decode'
import { xOf, yOf, type Window } from './mercator'
import { pointsOf } from './points'
import type { Frame } from './picture'
import { stroke } from './picture'

export interface MapRow {
  readonly id: string
  readonly properties: Readonly<Record<string, Value>>
  readonly shape: { readonly type: string; readonly coordinates: unknown } | null
}

const WORLD: Window = { west: 0, north: 0, east: 1, south: 1 }
const RING_PX = 14
const SHAPES: Readonly<Record<string, Shape>> = {
  Point: 'point', MultiPoint: 'point', LineString: 'line', MultiLineString: 'line', Polygon: 'polygon', MultiPolygon: 'polygon',
}

const isPosition = (nested: unknown): nested is readonly number[] => Array.isArray(nested) && typeof nested[0] === 'number'

/** The lines of nested GeoJSON coordinates, each as x0, y0, x1, y1 … of the world's square. */
function partsOf(nested: unknown): Float64Array[] {
  if (isPosition(nested)) return [Float64Array.of(xOf(nested[0] ?? 0), yOf(nested[1] ?? 0))]
  if (!Array.isArray(nested)) return []
  if (!nested.every(isPosition)) return nested.flatMap(partsOf)
  const flat = new Float64Array(nested.length * 2)
  nested.forEach(([lon, lat], at) => {
    flat[at * 2] = xOf(lon ?? 0)
    flat[at * 2 + 1] = yOf(lat ?? 0)
  })
  return [flat]
}

function boxOf(parts: readonly Float64Array[]): Window {
  let [west, north, east, south] = [1, 1, 0, 0]
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) {
      west = Math.min(west, part[at] as number)
      east = Math.max(east, part[at] as number)
      north = Math.min(north, part[at + 1] as number)
      south = Math.max(south, part[at + 1] as number)
    }
  }
  return { west, north, east, south }
}

export function featureOf(row: MapRow, layer: Pick<LayerInfo, 'name' | 'by'>): TileFeature | null {
  const shape = SHAPES[row.shape?.type ?? '']
  if (!shape) return null
  const parts = partsOf(row.shape?.coordinates)
  const { code, name, status, source } = row.properties
  const value = layer.by === null ? null : (row.properties[layer.by] ?? null)
  return {
    layer: layer.name, id: row.id, code: String(code ?? ''), name: String(name ?? ''), status: String(status ?? ''),
    exercise: source === 'exercise', count: 1, value: value === null ? null : String(value), extra: {},
    shape, parts, outline: shape === 'polygon' ? parts : [], box: boxOf(parts),
  }
}

export function tileOf(rows: readonly MapRow[], layer: Pick<LayerInfo, 'name' | 'by'>): DecodedTile {
  const features = rows.flatMap((row) => featureOf(row, layer) ?? [])
  const shapes = features.filter((feature) => feature.shape !== 'point')
  return { spot: { z: 0, x: 0, y: 0 }, window: WORLD, features: shapes, points: pointsOf(features) }
}

/** Ring what was selected in a table, above everything else. */
export function paintRinged(frame: Frame, ringed: readonly TileFeature[]): void {
  const { ctx, palette, worldPx, leftPx, topPx } = frame
  for (const feature of ringed) {
    if (feature.shape !== 'point') {
      for (const [colour, width] of [[palette.halo, 6], [palette.accent, 3]] as const) stroke(frame, feature.parts, colour, width)
      continue
    }
    const [x, y] = [feature.box.west * worldPx - leftPx, feature.box.north * worldPx - topPx]
    if (x < -RING_PX || y < -RING_PX || x > frame.widthPx + RING_PX || y > frame.heightPx + RING_PX) continue
    for (const [colour, width] of [[palette.halo, 5], [palette.accent, 2.5]] as const) {
      ctx.beginPath()
      ctx.arc(x, y, RING_PX, 0, Math.PI * 2)
      ctx.strokeStyle = colour
      ctx.lineWidth = width
      ctx.stroke()
    }
  }
}
