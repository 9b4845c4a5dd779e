/** Draws the lists of an analysis's answer over the picture; a click on a row's shape names the row. */
import L from 'leaflet'
import type { Feature, FeatureCollection, Geometry } from 'geojson'
import type { Palette } from './palette'

export interface DrawnList {
  readonly key: string
  readonly features: FeatureCollection<Geometry | null, Record<string, unknown>>
  readonly colour: string
  /** A colour of its own for each row: classes that lie beside or within each other. */
  readonly shades?: readonly string[] | null
  /** Of another answer, shown beside. */
  readonly isDashed: boolean
  /** What was asked about: a plain outline that hides nothing and takes no click. */
  readonly isQuestion?: boolean
}

export interface AnswerDrawing {
  readonly lists: readonly DrawnList[]
  readonly picked: { readonly key: string; readonly row: number } | null
}

export const NO_ANSWER: AnswerDrawing = { lists: [], picked: null }

const PANE = 'answer'
const DASH = '6 5'
const LINE_PX = 2.5
const CLASS_PX = 1
const PICKED_PX = 5
const HALO_PX = 3
const POINT_PX = 6
const QUESTION_PX = 9

export class AnswerLayer {
  private readonly renderer: L.Canvas
  private readonly drawn = L.layerGroup()
  /** What the drawing was made with. */
  palette: Palette | null = null

  constructor(private readonly map: L.Map, private readonly chosen: (key: string, row: number) => void) {
    map.createPane(PANE).style.zIndex = '420'
    this.renderer = L.canvas({ pane: PANE, padding: 0.3, tolerance: 4 })
    this.drawn.addTo(map)
  }

  draw(drawing: AnswerDrawing, palette: Palette): void {
    this.palette = palette
    this.drawn.clearLayers()
    const pane = this.map.getPane(PANE)
    // An empty canvas must not stand between the pointer and the map.
    if (pane) pane.style.pointerEvents = drawing.lists.length > 0 ? 'auto' : 'none'
    for (const list of drawing.lists) this.list(list, drawing.picked, palette)
  }

  private list(list: DrawnList, picked: AnswerDrawing['picked'], palette: Palette): void {
    list.features.features.forEach((feature, row) => {
      if (!feature.geometry) return
      if (list.isQuestion) return this.question(feature, palette)
      const isPicked = picked?.key === list.key && picked.row === row
      const colour = list.shades?.[row] ?? list.colour
      const isArea = feature.geometry.type.endsWith('Polygon')
      if (!isArea) this.shape(feature, { color: palette.body, weight: LINE_PX + HALO_PX, fillOpacity: 0, opacity: 0.9 })
      this.shape(feature, {
        color: colour, weight: isPicked ? PICKED_PX : list.shades ? CLASS_PX : LINE_PX, fillColor: colour,
        fillOpacity: !isArea ? 1 : list.shades ? (isPicked ? 0.8 : 0.5) : isPicked ? 0.35 : 0.16,
        ...(list.isDashed ? { dashArray: DASH } : {}),
      }).on('click', () => this.chosen(list.key, row))
    })
  }

  private question(feature: Feature<Geometry | null>, palette: Palette): void {
    const outline = { fill: false, interactive: false, radius: QUESTION_PX }
    this.shape(feature, { ...outline, color: palette.halo, weight: LINE_PX + HALO_PX, opacity: 0.7 })
    this.shape(feature, { ...outline, color: palette.ink, weight: LINE_PX, ...(feature.geometry?.type === 'Point' ? {} : { dashArray: DASH }) })
  }

  private shape(feature: Feature<Geometry | null>, style: L.CircleMarkerOptions): L.GeoJSON {
    const base = { ...style, renderer: this.renderer, pane: PANE, bubblingMouseEvents: false }
    return L.geoJSON(feature as Feature, {
      style: () => base, pane: PANE, bubblingMouseEvents: false, interactive: style.interactive ?? true,
      pointToLayer: (_point, at) => L.circleMarker(at, { radius: POINT_PX, ...base }),
    } as L.GeoJSONOptions).addTo(this.drawn)
  }
}

/** West, south, east, north of features; null where none has a shape. */
export function boundsOf(features: readonly Feature<Geometry | null>[]): [number, number, number, number] | null {
  const shaped = features.filter((feature): feature is Feature => feature.geometry !== null)
  if (shaped.length === 0) return null
  const bounds = L.geoJSON(shaped as never).getBounds()
  return bounds.isValid() ? [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()] : null
}
