/** Small tiles, written with the protobuf writer (Mapbox Vector Tile 2.1), and what the map makes of them. */
import { PbfWriter } from 'pbf'
import type { TileFeature } from '@/map/decode'

export interface Drawn {
  readonly type: 1 | 2 | 3
  readonly parts: readonly (readonly (readonly [number, number])[])[]
  readonly properties: Readonly<Record<string, string | number | boolean>>
}

const EXTENT = 4096
const zigzag = (value: number): number => (value << 1) ^ (value >> 31)

function commands(one: Drawn): number[] {
  const out: number[] = []
  let [x, y] = [0, 0]
  for (const part of one.parts) {
    part.forEach(([px, py], at) => {
      if (at === 0) out.push(9)
      if (at === 1) out.push(((part.length - 1) << 3) | 2)
      out.push(zigzag(px - x), zigzag(py - y))
      ;[x, y] = [px, py]
    })
    if (one.type === 3) out.push(15)
  }
  return out
}

export function tileBytes(layer: string, drawn: readonly Drawn[]): ArrayBuffer {
  const keys: string[] = []
  const values: (string | number | boolean)[] = []
  const at = <T>(list: T[], item: T): number => (list.includes(item) ? list.indexOf(item) : list.push(item) - 1)
  const tile = new PbfWriter()
  tile.writeMessage(3, (_, body) => {
    body.writeVarintField(15, 2)
    body.writeStringField(1, layer)
    for (const one of drawn) {
      body.writeMessage(2, (_one, feature) => {
        feature.writePackedVarint(2, Object.entries(one.properties).flatMap(([key, value]) => [at(keys, key), at(values, value)]))
        feature.writeVarintField(3, one.type)
        feature.writePackedVarint(4, commands(one))
      }, null)
    }
    keys.forEach((key) => body.writeStringField(3, key))
    for (const value of values) {
      body.writeMessage(4, (_value, written) => {
        if (typeof value === 'string') written.writeStringField(1, value)
        else if (typeof value === 'boolean') written.writeBooleanField(7, value)
        else written.writeVarintField(4, value)
      }, null)
    }
    body.writeVarintField(5, EXTENT)
  }, null)
  const bytes = tile.finish()
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
}

export function shape(kind: TileFeature['shape'], ...parts: number[][]): TileFeature {
  const xs = parts.flatMap((part) => part.filter((_, at) => at % 2 === 0))
  const ys = parts.flatMap((part) => part.filter((_, at) => at % 2 === 1))
  return {
    layer: 'mines', id: '1', code: '', name: '', status: '', exercise: false, count: 1, value: null, extra: {}, shape: kind,
    parts: parts.map((part) => Float64Array.from(part)), outline: [],
    box: { west: Math.min(...xs), north: Math.min(...ys), east: Math.max(...xs), south: Math.max(...ys) },
  }
}
