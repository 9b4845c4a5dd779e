/** Contour lines of the elevation model: thin, every fifth thicker with its height. */
import type { BaseLabel } from './base'
import type { DecodedTile, TileFeature } from './decode'
import { lineLabels } from './base'
import { stroke, type Frame } from './picture'

/** Name of the layer inside the tiles, and of the layer in the tile store. */
export const CONTOURS = 'contours'
const [THIN_PX, INDEX_PX] = [0.6, 1.1]
const NAMED_FROM_ZOOM = 11

const isIndex = (line: TileFeature): boolean => line.extra.index === true || line.extra.index === 1

export function paintContours(frame: Frame, tiles: readonly DecodedTile[]): BaseLabel[] {
  const lines = tiles.flatMap((tile) => tile.features.filter((feature) => feature.shape === 'line'))
  const index = lines.filter(isIndex)
  for (const line of lines) {
    if (!isIndex(line)) stroke(frame, line.parts, frame.palette.contour, THIN_PX)
  }
  for (const line of index) stroke(frame, line.parts, frame.palette.contour, INDEX_PX)
  const named = index.map((line) => ({ ...line, name: String(line.extra.elevation_m ?? '') }))
  return lineLabels(frame, named, NAMED_FROM_ZOOM, frame.palette.contourInk)
}
