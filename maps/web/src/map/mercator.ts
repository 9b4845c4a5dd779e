/** Web Mercator as fractions of the world's square: x and y from 0 to 1, north-west at 0, 0. */
export const TILE_PX = 256

export const worldPx = (zoom: number): number => TILE_PX * 2 ** zoom
export const xOf = (lon: number): number => (lon + 180) / 360
export const lonOf = (x: number): number => x * 360 - 180

export function yOf(lat: number): number {
  const sin = Math.sin((lat * Math.PI) / 180)
  return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)
}

export const latOf = (y: number): number => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI

/** A rectangle of the world's square. */
export interface Window {
  readonly west: number
  readonly north: number
  readonly east: number
  readonly south: number
}

export interface TileSpot {
  readonly z: number
  readonly x: number
  readonly y: number
}

/** The tiles of zoom `z` that touch `window`, nearest to its middle first. */
export function tilesIn(window: Window, z: number): TileSpot[] {
  const across = 2 ** z
  const clamp = (value: number): number => Math.min(across - 1, Math.max(0, Math.floor(value * across)))
  const spots: TileSpot[] = []
  for (let x = clamp(window.west); x <= clamp(window.east); x++) {
    for (let y = clamp(window.north); y <= clamp(window.south); y++) spots.push({ z, x, y })
  }
  const [midX, midY] = [((window.west + window.east) / 2) * across - 0.5, ((window.north + window.south) / 2) * across - 0.5]
  const far = (spot: TileSpot): number => (spot.x - midX) ** 2 + (spot.y - midY) ** 2
  return spots.sort((a, b) => far(a) - far(b))
}

export const meets = (a: Window, b: Window): boolean =>
  a.west <= b.east && a.east >= b.west && a.north <= b.south && a.south >= b.north
