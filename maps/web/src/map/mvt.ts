/**
 * A layer of a Mapbox Vector Tile 2.1, read where it lies: no object a feature, and no text before somebody asks for it.
 * The names of 100,000 households are most of their tiles' bytes, and a picture shows a few hundred of them.
 */
import { PbfReader } from 'pbf'

export type Property = string | number | boolean

// Field number and wire type as they stand before each field: vector_tile.proto of the specification.
const LAYER = 26
const LAYER_FIELD = { name: 10, feature: 18, key: 26, value: 34, extent: 40 } as const
const FEATURE_FIELD = { id: 8, tags: 18, type: 24, geometry: 34 } as const
const VALUE_FIELD = { text: 10, float: 21, double: 25, int: 32, uint: 40, sint: 48, bool: 56 } as const
const [MOVE_TO, CLOSE_PATH] = [1, 7]
const PLAIN_EXTENT = 4096

/** The layer called `name`; null: the tile has none. Throws on bytes that are no tile. */
export function layerIn(bytes: ArrayBuffer, name: string): RawLayer | null {
  const pbf = new PbfReader(new Uint8Array(bytes))
  while (pbf.pos < pbf.length) {
    const tag = pbf.readVarint()
    if (tag !== LAYER) {
      pbf.skip(tag)
      continue
    }
    const end = pbf.readVarint() + pbf.pos
    const start = pbf.pos
    const isWanted = nameOf(pbf, end) === name
    pbf.pos = start
    if (isWanted) return new RawLayer(pbf, end)
    pbf.pos = end
  }
  return null
}

/** The name of the layer that lies before `end`: writers put it first, so nothing else is read of a layer nobody wants. */
function nameOf(pbf: PbfReader, end: number): string | null {
  while (pbf.pos < end) {
    const tag = pbf.readVarint()
    if (tag === LAYER_FIELD.name) return pbf.readString()
    pbf.skip(tag)
  }
  return null
}

export class RawLayer {
  extent = PLAIN_EXTENT
  readonly keys: string[] = []
  /** Of the feature that is open: 1 point, 2 line, 3 polygon; 0 unknown. */
  type = 0
  id: number | undefined
  private readonly valuePlaces: number[] = []
  private readonly featurePlaces: number[] = []
  private readonly known = new Map<number, Property>()
  private tagsPlace = 0
  private geometryPlace = 0

  constructor(private readonly pbf: PbfReader, end: number) {
    while (pbf.pos < end) {
      const tag = pbf.readVarint()
      if (tag === LAYER_FIELD.key) this.keys.push(pbf.readString())
      else if (tag === LAYER_FIELD.extent) this.extent = pbf.readVarint()
      else {
        if (tag === LAYER_FIELD.feature) this.featurePlaces.push(pbf.pos)
        else if (tag === LAYER_FIELD.value) this.valuePlaces.push(pbf.pos)
        pbf.skip(tag)
      }
    }
  }

  get length(): number {
    return this.featurePlaces.length
  }

  /** Everything below tells of this feature from now on. */
  open(at: number): void {
    const { pbf } = this
    pbf.pos = this.featurePlaces[at] as number
    const end = pbf.readVarint() + pbf.pos
    this.type = this.tagsPlace = this.geometryPlace = 0
    this.id = undefined
    while (pbf.pos < end) {
      const tag = pbf.readVarint()
      if (tag === FEATURE_FIELD.id) this.id = pbf.readVarint()
      else if (tag === FEATURE_FIELD.type) this.type = pbf.readVarint()
      else {
        if (tag === FEATURE_FIELD.tags) this.tagsPlace = pbf.pos
        else if (tag === FEATURE_FIELD.geometry) this.geometryPlace = pbf.pos
        pbf.skip(tag)
      }
    }
  }

  /** The number of the value of each wanted key into `into`, -1 where there is none. `slots`: where a key's number goes, -1: nowhere. */
  readTags(slots: Int8Array, into: Int32Array): void {
    into.fill(-1)
    if (this.tagsPlace === 0) return
    const { pbf } = this
    pbf.pos = this.tagsPlace
    const end = pbf.readVarint() + pbf.pos
    while (pbf.pos < end) {
      const slot = slots[pbf.readVarint()] as number
      const value = pbf.readVarint()
      if (slot >= 0) into[slot] = value
    }
  }

  properties(): Record<string, Property> {
    const found: Record<string, Property> = {}
    if (this.tagsPlace === 0) return found
    const { pbf } = this
    const numbers: number[] = []
    pbf.pos = this.tagsPlace
    const end = pbf.readVarint() + pbf.pos
    while (pbf.pos < end) numbers.push(pbf.readVarint())
    for (let at = 0; at + 1 < numbers.length; at += 2) {
      found[this.keys[numbers[at] as number] as string] = this.value(numbers[at + 1] as number)
    }
    return found
  }

  value(number: number): Property {
    const known = this.known.get(number)
    if (known !== undefined) return known
    const { pbf } = this
    pbf.pos = this.valuePlaces[number] as number
    const value = readValue(pbf, pbf.readVarint() + pbf.pos)
    this.known.set(number, value)
    return value
  }

  /** The first position inside the tile, in its units, into `position`; false: there is none. */
  readPoint(position: Float64Array): boolean {
    const { pbf, extent } = this
    if (this.geometryPlace === 0) return false
    pbf.pos = this.geometryPlace
    const end = pbf.readVarint() + pbf.pos
    let [x, y] = [0, 0]
    while (pbf.pos < end) {
      for (let left = pbf.readVarint() >> 3; left > 0; left--) {
        x += pbf.readSVarint()
        y += pbf.readSVarint()
        if (x < 0 || y < 0 || x >= extent || y >= extent) continue
        position[0] = x
        position[1] = y
        return true
      }
    }
    return false
  }

  /** x0, y0, x1, y1 … of each part in the tile's units; a ring ends where it began. */
  readParts(): number[][] {
    const parts: number[][] = []
    if (this.geometryPlace === 0) return parts
    const { pbf } = this
    pbf.pos = this.geometryPlace
    const end = pbf.readVarint() + pbf.pos
    let part: number[] = []
    let [x, y] = [0, 0]
    while (pbf.pos < end) {
      const command = pbf.readVarint()
      const kind = command & 7
      if (kind === CLOSE_PATH) {
        part.push(part[0] as number, part[1] as number)
        continue
      }
      for (let left = command >> 3; left > 0; left--) {
        x += pbf.readSVarint()
        y += pbf.readSVarint()
        if (kind === MOVE_TO) parts.push(part = [])
        part.push(x, y)
      }
    }
    return parts
  }
}

function readValue(pbf: PbfReader, end: number): Property {
  let value: Property = ''
  while (pbf.pos < end) {
    const tag = pbf.readVarint()
    if (tag === VALUE_FIELD.text) value = pbf.readString()
    else if (tag === VALUE_FIELD.float) value = pbf.readFloat()
    else if (tag === VALUE_FIELD.double) value = pbf.readDouble()
    else if (tag === VALUE_FIELD.int) value = pbf.readVarint(true)
    else if (tag === VALUE_FIELD.uint) value = pbf.readVarint()
    else if (tag === VALUE_FIELD.sint) value = pbf.readSVarint()
    else if (tag === VALUE_FIELD.bool) value = pbf.readBoolean()
    else pbf.skip(tag)
  }
  return value
}
