/** Which tiles are wanted, here, or on their way; one store for all layers. */
import { decode, emptyTile, windowOf, type DecodedTile } from './decode'
import { meets, tilesIn, type TileSpot, type Window } from './mercator'

/** A layer as the store needs it. `extent` is its bounding window: no tile outside it is asked for. */
export interface TileLayer {
  readonly name: string
  readonly by: string | null
  /** What the tiles were made of; a layer's tiles are asked for again when it differs. */
  readonly version: number | string
  readonly extent: Window | null
}

export type Fetch = (layer: string, spot: TileSpot, signal: AbortSignal) => Promise<ArrayBuffer | null>

/** A tile is drawn at 512 px: a quarter of the requests that 256 px would need. */
const ZOOM_STEP_DOWN = 1
/** Deeper tiles add nothing: at zoom 14 a tile's unit is half a metre. */
const DEEPEST = 14
const KEPT_TILES = 1500

type Entry =
  | { readonly state: 'waiting'; readonly stop: AbortController }
  | { readonly state: 'here'; readonly tile: DecodedTile }
  | { readonly state: 'failed' }

export const tileZoom = (mapZoom: number): number =>
  Math.min(DEEPEST, Math.max(0, Math.round(mapZoom) - ZOOM_STEP_DOWN))

export class TileStore {
  private readonly entries = new Map<string, Entry>()
  private readonly wanted = new Map<string, readonly TileSpot[]>()
  private readonly drawn = new Map<string, readonly DecodedTile[]>()
  private readonly versions = new Map<string, number | string>()

  constructor(private readonly fetch: Fetch, private readonly changed: () => void) {}

  /** Ask for what `window` needs of `layers`; what no one needs any more is stopped. */
  want(layers: readonly TileLayer[], window: Window, zoom: number): void {
    const names = new Set(layers.map((layer) => layer.name))
    for (const name of [...this.wanted.keys()]) if (!names.has(name)) this.leave(name)
    const spots = tilesIn(window, tileZoom(zoom))
    for (const layer of layers) this.wantLayer(layer, spots)
    this.trim()
  }

  private wantLayer(layer: TileLayer, spots: readonly TileSpot[]): void {
    if (this.versions.get(layer.name) !== layer.version) this.drop(layer.name)
    this.versions.set(layer.name, layer.version)
    const extent = layer.extent
    const mine = extent ? spots.filter((spot) => meets(windowOf(spot), extent)) : spots
    const keys = new Set(mine.map((spot) => keyOf(layer.name, spot)))
    for (const [key, entry] of this.entries) {
      if (entry.state === 'waiting' && key.startsWith(`${layer.name}/`) && !keys.has(key)) {
        entry.stop.abort()
        this.entries.delete(key)
      }
    }
    this.wanted.set(layer.name, mine)
    for (const spot of mine) this.ask(layer, spot)
  }

  private ask(layer: TileLayer, spot: TileSpot): void {
    const key = keyOf(layer.name, spot)
    const known = this.entries.get(key)
    if (known && known.state !== 'failed') {
      this.entries.delete(key) // to the end: the oldest unused go first
      this.entries.set(key, known)
      return
    }
    const stop = new AbortController()
    const entry: Entry = { state: 'waiting', stop }
    this.entries.set(key, entry)
    this.fetch(layer.name, spot, stop.signal)
      .then((bytes) => (bytes ? decode(bytes, layer.name, layer.by, spot) : emptyTile(spot)))
      .then((tile) => this.settle(key, entry, { state: 'here', tile }), () => this.settle(key, entry, { state: 'failed' }))
  }

  private settle(key: string, asked: Entry, result: Entry): void {
    if (this.entries.get(key) !== asked) return // stopped, or asked again since
    this.entries.set(key, result)
    this.changed()
  }

  /** Tiles to draw now. The last complete picture stays until every tile of a new zoom is here. */
  shown(layer: string): readonly DecodedTile[] {
    const spots = this.wanted.get(layer) ?? []
    const entries = spots.map((spot) => this.entries.get(keyOf(layer, spot)))
    const here = entries.flatMap((entry) => (entry?.state === 'here' ? [entry.tile] : []))
    const before = this.drawn.get(layer) ?? []
    const isComplete = entries.every((entry) => entry?.state !== 'waiting')
    const sameZoom = before[0] === undefined || before[0].spot.z === spots[0]?.z
    if (isComplete || sameZoom) {
      this.drawn.set(layer, here)
      return here
    }
    return before
  }

  get waiting(): number {
    let waiting = 0
    for (const entry of this.entries.values()) if (entry.state === 'waiting') waiting++
    return waiting
  }

  /** Layers of which a wanted tile could not be read. */
  get failed(): string[] {
    return [...this.wanted].filter(([layer, spots]) => spots.some(
      (spot) => this.entries.get(keyOf(layer, spot))?.state === 'failed',
    )).map(([layer]) => layer)
  }

  private leave(layer: string): void {
    this.wanted.delete(layer)
    this.drawn.delete(layer)
    for (const [key, entry] of this.entries) {
      if (entry.state === 'waiting' && key.startsWith(`${layer}/`)) {
        entry.stop.abort()
        this.entries.delete(key)
      }
    }
  }

  private drop(layer: string): void {
    for (const key of [...this.entries.keys()]) if (key.startsWith(`${layer}/`)) this.entries.delete(key)
  }

  private trim(): void {
    for (const [key, entry] of this.entries) {
      if (this.entries.size <= KEPT_TILES) return
      const [layer, z, x, y] = key.split('/')
      const isWanted = this.wanted.get(layer ?? '')?.some(
        (spot) => spot.z === Number(z) && spot.x === Number(x) && spot.y === Number(y),
      )
      if (!isWanted && entry.state !== 'waiting') this.entries.delete(key)
    }
  }
}

const keyOf = (layer: string, spot: TileSpot): string => `${layer}/${spot.z}/${spot.x}/${spot.y}`
