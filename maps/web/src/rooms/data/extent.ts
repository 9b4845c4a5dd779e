/** What the map shows, and where to put it so that something is seen whole. */
import { latOf, lonOf, worldPx, xOf, yOf } from '@/map/mercator'
import type { Position } from '@/state/address'
import type { Bbox } from '@/state/model'

const CLOSEST_ZOOM = 15
const ROOM_PX = 48
const STEP = 0.5

export interface Size {
  readonly widthPx: number
  readonly heightPx: number
}

function sizeOfMap(): Size | null {
  const map = document.getElementById('map')
  return map && map.clientWidth > 0 ? { widthPx: map.clientWidth, heightPx: map.clientHeight } : null
}

export function boxAround(at: Position, size: Size): Bbox {
  const [x, y, world] = [xOf(at.lon), yOf(at.lat), worldPx(at.zoom)]
  const [w, h] = [size.widthPx / 2 / world, size.heightPx / 2 / world]
  return [lonOf(x - w), latOf(y + h), lonOf(x + w), latOf(y - h)]
}

export function boxOfMap(at: Position | null): Bbox | null {
  const size = sizeOfMap()
  return at && size ? boxAround(at, size) : null
}

/** The nearest look at `box` that leaves a margin; never nearer than single houses. */
export function positionOver(box: Bbox, size: Size): Position {
  const [west, east] = [xOf(box[0]), xOf(box[2])]
  const [north, south] = [yOf(box[3]), yOf(box[1])]
  const fits = (zoom: number): boolean => {
    const world = worldPx(zoom)
    return (east - west) * world <= size.widthPx - 2 * ROOM_PX && (south - north) * world <= size.heightPx - 2 * ROOM_PX
  }
  let zoom = CLOSEST_ZOOM
  while (zoom > 0 && !fits(zoom)) zoom -= STEP
  return { zoom, lon: lonOf((west + east) / 2), lat: latOf((north + south) / 2) }
}

export function lookAt(boxes: readonly (Bbox | null)[]): Position | null {
  const size = sizeOfMap()
  const known = boxes.filter((box): box is Bbox => box !== null)
  if (!size || known.length === 0) return null
  const whole = known.reduce<Bbox>((sum, box) => [
    Math.min(sum[0], box[0]), Math.min(sum[1], box[1]), Math.max(sum[2], box[2]), Math.max(sum[3], box[3]),
  ], [180, 90, -180, -90])
  return positionOver(whole, size)
}
