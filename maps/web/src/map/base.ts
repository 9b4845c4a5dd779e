/** The base map, from the county's own layers: water, roads by rank, borders, and the names of places. */
import type { TileFeature } from './decode'
import { px, py, stroke, type Frame } from './picture'

/** Layers the base map reads. */
export const BASE_LAYERS = ['rivers', 'roads', 'townships', 'counties', 'villages'] as const

export interface BaseLabel {
  /** Whose name it is; a layer that is switched on writes its own. */
  readonly layer: string
  readonly text: string
  readonly x: number
  readonly y: number
  readonly sizePx: number
  readonly colour: string
  readonly weight: number
  readonly spacingPx: number
  /** Radians; names of rivers and roads follow them. */
  readonly turn: number
  /** Placed before the names of objects: what tells where one is. */
  readonly first: boolean
  readonly dot: boolean
}

interface RoadStyle {
  readonly fromZoom: number
  readonly widthPx: number
  readonly isCased: boolean
}

/** From which zoom a road of a rank is drawn, and how wide at zoom 13. Ranks: layers/definitions/roads.py. */
const ROADS: Readonly<Record<string, RoadStyle>> = {
  national: { fromZoom: 0, widthPx: 4.5, isCased: true },
  provincial: { fromZoom: 0, widthPx: 4, isCased: true },
  county: { fromZoom: 9, widthPx: 3, isCased: true },
  township: { fromZoom: 10, widthPx: 2, isCased: false },
  street: { fromZoom: 12, widthPx: 2, isCased: false },
  special: { fromZoom: 11, widthPx: 1.8, isCased: false },
  village: { fromZoom: 11, widthPx: 1.4, isCased: false },
  forest: { fromZoom: 12, widthPx: 1.2, isCased: false },
  track: { fromZoom: 13, widthPx: 1, isCased: false },
}
const ROAD_OF_LETTER: Readonly<Record<string, string>> = {
  G: 'national', S: 'provincial', X: 'county', Y: 'township', C: 'village', Z: 'special',
}
const UNRANKED = 'village'

/** The rank a tile states; else that of the road number in the name (G520, 乡道Y90001). */
function roadStyle(road: TileFeature): RoadStyle {
  const letter = /(?<![A-Za-z])([GSXYCZ])\d/.exec(road.name)?.[1] ?? ''
  const rank = typeof road.extra.rank === 'string' ? road.extra.rank : (ROAD_OF_LETTER[letter] ?? UNRANKED)
  return ROADS[rank] ?? (ROADS[UNRANKED] as RoadStyle)
}

const features = (frame: Frame, layer: string): TileFeature[] => frame.tilesOf(layer).flatMap((tile) => [...tile.features])

/** Widths grow by a third with each zoom, between half and double. */
const grown = (widthPx: number, zoom: number): number => widthPx * Math.min(2, Math.max(0.5, 1.25 ** (zoom - 13)))

export function paintBase(frame: Frame): BaseLabel[] {
  const { palette, zoom } = frame
  const counties = features(frame, 'counties')
  const townships = features(frame, 'townships')
  const rivers = features(frame, 'rivers')
  const roads = features(frame, 'roads').filter((road) => zoom >= roadStyle(road).fromZoom)

  for (const river of rivers) stroke(frame, river.parts, palette.water, grown(2, zoom))
  for (const town of townships) stroke(frame, town.outline, palette.borderSoft, 1.2, [7, 4])
  for (const county of counties) {
    stroke(frame, county.outline, palette.borderBand, 9)
    stroke(frame, county.outline, palette.border, 1.8, [12, 4, 2, 4])
  }
  for (const road of roads) {
    const { widthPx, isCased } = roadStyle(road)
    if (isCased) stroke(frame, road.parts, palette.roadCase, grown(widthPx, zoom) + 1.6)
  }
  for (const road of roads) {
    const { widthPx, isCased } = roadStyle(road)
    stroke(frame, road.parts, isCased ? palette.road : palette.roadMinor, grown(widthPx, zoom))
  }
  return [
    ...countyLabels(frame, counties), ...townshipLabels(frame, townships), ...villageLabels(frame),
    ...lineLabels(frame, rivers, 11, palette.waterInk), ...lineLabels(frame, roads, 12, palette.inkSoft),
  ]
}

const PLAIN = { turn: 0, spacingPx: 0, first: false, dot: false, weight: 400 }

/** Middle of all pieces of one area, however many tiles it is cut into. */
function middles(frame: Frame, areas: readonly TileFeature[]): { text: string; x: number; y: number }[] {
  const boxes = new Map<string, { name: string; west: number; east: number; north: number; south: number }>()
  for (const area of areas) {
    const box = boxes.get(area.id ?? area.name)
    boxes.set(area.id ?? area.name, {
      name: area.name,
      west: Math.min(box?.west ?? Infinity, area.box.west),
      east: Math.max(box?.east ?? -Infinity, area.box.east),
      north: Math.min(box?.north ?? Infinity, area.box.north),
      south: Math.max(box?.south ?? -Infinity, area.box.south),
    })
  }
  return [...boxes.values()].map((box) => (
    { text: box.name, x: px(frame, (box.west + box.east) / 2), y: py(frame, (box.north + box.south) / 2) }
  ))
}

function countyLabels(frame: Frame, counties: readonly TileFeature[]): BaseLabel[] {
  if (frame.zoom > 9.5) return []
  const style = { ...PLAIN, layer: 'counties', sizePx: 17, colour: frame.palette.ink, weight: 600, spacingPx: 4, first: true }
  return middles(frame, counties).map((middle) => ({ ...style, ...middle }))
}

function townshipLabels(frame: Frame, townships: readonly TileFeature[]): BaseLabel[] {
  if (frame.zoom <= 9.5 || frame.zoom > 14) return []
  const style = { ...PLAIN, layer: 'townships', sizePx: 15, colour: frame.palette.ink, weight: 600, spacingPx: 3, first: true }
  return middles(frame, townships).map((middle) => ({ ...style, ...middle }))
}

function villageLabels(frame: Frame): BaseLabel[] {
  if (frame.zoom < 11) return []
  const style = { ...PLAIN, layer: 'villages', sizePx: frame.zoom < 13 ? 11.5 : 12.5, colour: frame.palette.inkSoft, dot: true }
  return frame.tilesOf('villages').flatMap(({ points }) => {
    const labels: BaseLabel[] = []
    for (let at = 0; at < points.length; at++) {
      const [x, y] = [px(frame, points.x[at] as number), py(frame, points.y[at] as number)]
      if (x < 0 || y < 0 || x > frame.widthPx || y > frame.heightPx || Number.isNaN(points.ids[at])) continue
      labels.push({ ...style, text: points.feature(at).name, x, y })
    }
    return labels
  })
}

/** A name along the longest straight reach of each line that has room for it; each name once. */
export function lineLabels(frame: Frame, lines: readonly TileFeature[], fromZoom: number, colour: string): BaseLabel[] {
  if (frame.zoom < fromZoom) return []
  const best = new Map<string, { lengthPx: number; label: BaseLabel }>()
  for (const line of lines) {
    const text = line.name
    for (const part of line.parts) {
      const reach = longestReach(frame, part)
      if (!reach || reach.lengthPx < text.length * 12) continue
      if (reach.lengthPx <= (best.get(text)?.lengthPx ?? 0)) continue
      best.set(text, { lengthPx: reach.lengthPx, label: { ...PLAIN, ...reach, text, layer: line.layer, sizePx: 11.5, colour, spacingPx: 1 } })
    }
  }
  return [...best.values()].map((one) => one.label)
}

const WINDOW_POINTS = 6

/** The longest chord between points a few steps apart, inside the picture. */
function longestReach(frame: Frame, part: Float64Array): { lengthPx: number; x: number; y: number; turn: number } | null {
  let found: { lengthPx: number; x: number; y: number; turn: number } | null = null
  const points = part.length / 2
  const step = Math.min(WINDOW_POINTS, points - 1)
  for (let at = 0; at + step < points; at++) {
    const [x0, y0] = [px(frame, part[at * 2] as number), py(frame, part[at * 2 + 1] as number)]
    const [x1, y1] = [px(frame, part[(at + step) * 2] as number), py(frame, part[(at + step) * 2 + 1] as number)]
    const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2]
    if (x < 0 || y < 0 || x > frame.widthPx || y > frame.heightPx) continue
    const lengthPx = Math.hypot(x1 - x0, y1 - y0)
    if (lengthPx <= (found?.lengthPx ?? 0)) continue
    const angle = Math.atan2(y1 - y0, x1 - x0)
    const turn = Math.abs(angle) > Math.PI / 2 ? angle - Math.sign(angle) * Math.PI : angle
    const middle = at + Math.floor(step / 2)
    found = { lengthPx, turn, x: px(frame, part[middle * 2] as number), y: py(frame, part[middle * 2 + 1] as number) }
  }
  return found
}
