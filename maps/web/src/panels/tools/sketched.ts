/** What the map shows of the tool in hand: its line or area, and the figures that stand beside it. */
import type { LonLat } from '@/map/coordinates'
import { areaM2, legsM } from '@/map/geodesy'
import { areaText, lengthText } from '@/map/measures'
import { NOTHING, type Sketched, type SketchLabel } from '@/map/sketch'
import type { Locale } from '@/state/model'
import type { useTools } from '@/state/tools'

type Tools = ReturnType<typeof useTools>
type Say = (key: string, values: Record<string, string>) => string

/** More legs than this and their figures hide the line; the card has them all. */
const MOST_LEG_LABELS = 12

const middle = (from: LonLat, to: LonLat): LonLat => [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]

function lineLabels(path: readonly LonLat[], say: Say, locale: Locale): SketchLabel[] {
  const legs = legsM(path)
  const last = path.at(-1)
  if (legs.length === 0 || !last) return []
  const total = legs.reduce((sum, leg) => sum + leg, 0)
  const each = legs.length < 2 || legs.length > MOST_LEG_LABELS ? [] : legs.map((leg, at): SketchLabel => (
    { at: middle(path[at] as LonLat, path[at + 1] as LonLat), text: lengthText(leg, say, locale), isMain: false }
  ))
  return [...each, { at: last, text: lengthText(total, say, locale), isMain: true }]
}

function ringLabels(ring: readonly LonLat[], say: Say, locale: Locale): SketchLabel[] {
  const last = ring.at(-1)
  return ring.length < 3 || !last ? [] : [{ at: last, text: areaText(areaM2(ring), say, locale), isMain: true }]
}

export function sketched(tools: Tools, say: Say, locale: Locale): Sketched {
  const { gesture, path, ring, points, mark } = tools
  if (gesture === null) return NOTHING
  if (gesture === 'line') return { line: path, ring: [], corners: points, labels: lineLabels(path, say, locale), mark }
  if (tools.tool === 'circle') {
    const centre = points.slice(0, 1)
    const labels = centre.map((at): SketchLabel => ({ at, text: lengthText(tools.radiusM, say, locale), isMain: true }))
    return { line: [], ring, corners: centre, labels, mark }
  }
  if (gesture === 'pair') return { line: [], ring, corners: points, labels: ringLabels(ring, say, locale), mark }
  if (gesture === 'ring') {
    // Two corners are no area yet, but the edge between them is seen.
    return { line: ring.length === 2 ? ring : [], ring: ring.length > 2 ? ring : [], corners: points, labels: ringLabels(ring, say, locale), mark }
  }
  return { ...NOTHING, ring, mark }
}
