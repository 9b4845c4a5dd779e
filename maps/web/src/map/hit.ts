/** What lies under the pointer: points before lines before areas, and the smaller area before the larger. */
import type { TileFeature } from './decode'
import type { Drawn, Placed } from './picture'

const NEAR_PX = 6

export interface Spot {
  readonly x: number
  readonly y: number
}

/** Scale and shift from world coordinates to the picture. */
export interface Grid {
  readonly worldPx: number
  readonly leftPx: number
  readonly topPx: number
}

export function hitAt({ shapes, points }: Drawn, spot: Spot, grid: Grid): Placed | null {
  return points?.nearest(spot.x, spot.y, NEAR_PX / 2) ?? nearestLine(shapes, spot, grid) ?? smallestArea(shapes, spot, grid)
}

export function awayFromLine(feature: TileFeature, spot: Spot, grid: Grid): number {
  let away = Infinity
  for (const part of feature.parts) {
    for (let at = 0; at + 3 < part.length; at += 2) {
      const ax = (part[at] as number) * grid.worldPx - grid.leftPx
      const ay = (part[at + 1] as number) * grid.worldPx - grid.topPx
      const dx = (part[at + 2] as number) * grid.worldPx - grid.leftPx - ax
      const dy = (part[at + 3] as number) * grid.worldPx - grid.topPx - ay
      const long = dx * dx + dy * dy
      const along = long === 0 ? 0 : Math.min(1, Math.max(0, ((spot.x - ax) * dx + (spot.y - ay) * dy) / long))
      away = Math.min(away, Math.hypot(spot.x - ax - along * dx, spot.y - ay - along * dy))
    }
  }
  return away
}

function nearestLine(placed: readonly Placed[], spot: Spot, grid: Grid): Placed | null {
  let found: Placed | null = null
  let nearest = NEAR_PX
  for (const one of placed) {
    if (one.feature.shape !== 'line') continue
    const away = awayFromLine(one.feature, spot, grid)
    if (away <= nearest) {
      found = one
      nearest = away
    }
  }
  return found
}

/** Even–odd over all rings: a hole is outside. */
export function isInside(feature: TileFeature, x: number, y: number): boolean {
  let inside = false
  for (const ring of feature.parts) {
    for (let at = 0; at + 3 < ring.length; at += 2) {
      const [ax, ay] = [ring[at] as number, ring[at + 1] as number]
      const [bx, by] = [ring[at + 2] as number, ring[at + 3] as number]
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
    }
  }
  return inside
}

function smallestArea(placed: readonly Placed[], spot: Spot, grid: Grid): Placed | null {
  const [x, y] = [(spot.x + grid.leftPx) / grid.worldPx, (spot.y + grid.topPx) / grid.worldPx]
  let found: Placed | null = null
  let smallest = Infinity
  for (const one of placed) {
    const { feature } = one
    if (feature.shape !== 'polygon' || !isInside(feature, x, y)) continue
    const size = (feature.box.east - feature.box.west) * (feature.box.south - feature.box.north)
    if (size < smallest) {
      found = one
      smallest = size
    }
  }
  return found
}
