/** The map, as the rest of the console sees it. Leaflet stops here. */
import 'leaflet/dist/leaflet.css'
import L from 'leaflet'
import { contourTile } from '@/api/terrain'
import { hillshadeTemplate, vectorTile } from '@/api/tiles'
import type { Bbox, InView, LayerInfo, Ref, Seen } from '@/state/model'
import type { Position } from '@/state/address'
import type { Marks } from '@/state/marks'
import { AnswerLayer, NO_ANSWER, type AnswerDrawing } from './answer'
import { BASE_LAYERS } from './base'
import { PictureLayer } from './canvas'
import { CONTOURS } from './contours'
import type { MetricGrid } from './coordinates'
import type { DecodedTile, TileFeature } from './decode'
import { isInside } from './hit'
import { Hold } from './hold'
import { drawnMarks } from './marks'
import { xOf, yOf, type Window } from './mercator'
import { ShapeEditor } from './editing'
import { DARK, LIGHT, type Palette } from './palette'
import { inView } from './seen'
import { Sketch, type Sketched } from './sketch'
import { SymbolSheet } from './symbols'
import { tiandituLayers, type TiandituKind } from './tianditu'
import { TileStore, type TileLayer } from './tiles'

export interface Picked extends Seen {
  readonly lon: number
  readonly lat: number
}

export interface SurfaceEvents {
  /** The map is being moved. */
  readonly moving?: (at: Position) => void
  /** The map came to rest. */
  readonly moved: (at: Position) => void
  readonly pointed: (lonLat: readonly [number, number] | null) => void
  readonly picked: (thing: Picked) => void
  /** A click where nothing is. */
  readonly cleared: () => void
  /** A picture was drawn: what can be seen, how much is still to come before it is whole, which layers failed. */
  readonly drawn: (seen: InView, waiting: number, failed: readonly string[]) => void
  /** Tiles were asked for: what is shown is not whole any more. */
  readonly waits?: () => void
  readonly popupClosed: () => void
  /** A right click, or a long press: what is here? */
  readonly asked?: (lon: number, lat: number) => void
  /** A shape of the answer was clicked. */
  readonly answered?: (list: string, row: number) => void
  /** Whether the foreign base map that was asked for answers. */
  readonly foreign?: (isAnswering: boolean) => void
}

/** How the map is drawn, beyond what is on it. */
export interface SurfaceLook {
  /** Percent of layers that are not fully opaque. */
  readonly opacity: ReadonlyMap<string, number>
  readonly showContours: boolean
  /** The projection whose kilometre lines are drawn; null: none. */
  readonly grid: MetricGrid | null
  /** Somebody else's map below; null: none. */
  readonly tianditu: { readonly kind: TiandituKind; readonly key: string } | null
}

const PLAIN_LOOK: SurfaceLook = { opacity: new Map(), showContours: false, grid: null, tianditu: null }

export interface SurfaceContent {
  /** Everything the server has, for the base map. */
  readonly known: ReadonlyMap<string, LayerInfo>
  readonly look?: SurfaceLook
  /** Switched on, the upper first. */
  readonly layers: readonly LayerInfo[]
  readonly chosen: Ref | null
  readonly showBase: boolean
  readonly isDark: boolean
  /** The moment everything is shown at; null: now. */
  readonly asOf: string | null
  /** Drawn in place of a layer's own tiles. */
  readonly instead?: ReadonlyMap<string, readonly DecodedTile[]>
  /** Selected in a table. */
  readonly ringed?: readonly TileFeature[]
}

const LEAST_ZOOM = 6
const MOST_ZOOM = 18
/** Nearer tiles would show the cells of the elevation model; stretched ones stay smooth. */
const HILLSHADE_MOST_ZOOM = 12
const CHOSEN_ZOOM = 14
const FLY_S = 0.6
const ROOM_PX = 24
/** Of the map's width or height: what is smaller cannot be made out. */
const LEAST_SHARE = 0.05
/** A card that takes more of the map's width lies along its bottom. */
const CARD_SHARE = 0.7

export class MapSurface {
  private readonly map: L.Map
  private readonly store: TileStore
  private readonly picture: PictureLayer
  /** Where the screen stood before it was laid out for paper. */
  private onScreen: { centre: L.LatLng; zoom: number } | null = null
  private hillshade: L.TileLayer | null = null
  private hillshadeOf: string | null = null
  private hillshadeBox: Bbox | null = null
  private foreign: L.LayerGroup | null = null
  private foreignOf = ''
  readonly sketch: Sketch
  private readonly answers: AnswerLayer
  private readonly hold: Hold
  private answer: AnswerDrawing = NO_ANSWER
  readonly shapes: ShapeEditor
  private isShading = false
  /** Whether anybody has said what to show: before that, an empty picture is not a finished one. */
  private isGiven = false
  private popup: L.Popup | null = null
  private content: SurfaceContent = { known: new Map(), layers: [], chosen: null, showBase: true, isDark: false, asOf: null }
  private palette: Palette = LIGHT
  private marks: Marks = { area: null, former: null, circle: null, spot: null }
  private drawnMarks: L.LayerGroup | null = null
  private sheet: SymbolSheet

  constructor(element: HTMLElement, private readonly events: SurfaceEvents) {
    this.map = L.map(element, {
      zoomControl: false, attributionControl: false, minZoom: LEAST_ZOOM, maxZoom: MOST_ZOOM, zoomSnap: 0.5,
      wheelPxPerZoomLevel: 90, worldCopyJump: false, center: [36, 111], zoom: 10,
      keyboardPanDelta: 120,
    })
    const shade = this.map.createPane('hillshade')
    shade.style.zIndex = '150'
    this.sheet = new SymbolSheet(this.palette, ratio())
    this.store = new TileStore(
      (layer, spot, signal) => (layer === CONTOURS && this.hillshadeOf ? contourTile(this.hillshadeOf, spot, signal) : vectorTile({ layer, ...spot, asOf: this.content.asOf }, signal)), () => this.picture.refresh(),
    )
    this.picture = new PictureLayer(
      () => ({
        ...(this.content.look ?? PLAIN_LOOK), layers: this.content.layers, tilesOf: (layer) => this.content.instead?.get(layer) ?? this.store.shown(layer), showBase: this.content.showBase,
        palette: this.palette, sheet: this.sheet, chosen: this.content.chosen, ringed: this.content.ringed ?? [],
      }),
      () => this.tell(),
    )
    this.picture.addTo(this.map)
    this.sketch = new Sketch(this.map)
    this.answers = new AnswerLayer(this.map, (list, row) => this.events.answered?.(list, row))
    this.shapes = new ShapeEditor(this.map, () => this.palette, (at) => {
      const feature = this.picture.hit(at)?.feature
      return feature?.id ? { layer: feature.layer, id: feature.id } : null
    })
    this.map.on('moveend', () => {
      this.ask()
      this.events.moved(this.at())
    })
    this.map.on('move', () => this.events.moving?.(this.at()))
    this.map.on('resize', () => this.ask())
    this.map.on('mousemove', (event) => this.point(event.latlng))
    this.map.on('mouseout', () => this.events.pointed(null))
    this.map.on('click', (event) => this.pick(event.latlng))
    this.hold = new Hold(element, (finger) => this.askAt(this.map.mouseEventToLatLng(finger as unknown as MouseEvent)))
    this.map.on('contextmenu', (event) => {
      if (this.hold.takes()) this.askAt(event.latlng)
    })
  }

  /** Everything that decides the picture, at once. */
  set(content: SurfaceContent): void {
    if (content.isDark !== this.content.isDark || this.palette === LIGHT !== !content.isDark) {
      this.palette = content.isDark ? DARK : LIGHT
      this.sheet = new SymbolSheet(this.palette, ratio())
    }
    this.content = content
    this.isGiven = true
    const container = this.map.getContainer()
    container.style.background = this.palette.paper
    container.classList.toggle('map-dark', content.isDark)
    container.classList.toggle('map-terrain', content.look?.showContours ?? false)
    this.hillshade?.setOpacity(content.showBase ? 1 : 0)
    this.setForeign(content.look?.tianditu ?? null)
    this.ask()
    this.picture.refresh()
    this.mark(this.marks)
    this.show(this.answer)
  }

  /** The shapes of an analysis's answer, in place of those before. */
  show(answer: AnswerDrawing): void {
    if (answer === this.answer && this.answers.palette === this.palette) return
    this.answer = answer
    this.answers.draw(answer, this.palette)
  }

  /** Draw these over the picture, in place of those before. */
  mark(marks: Marks): void {
    this.drawnMarks?.remove()
    this.marks = marks
    this.drawnMarks = drawnMarks(marks, this.palette).addTo(this.map)
  }

  private setForeign(tianditu: SurfaceLook['tianditu']): void {
    const of = tianditu ? `${tianditu.kind} ${tianditu.key}` : ''
    if (of === this.foreignOf) return
    this.foreignOf = of
    this.foreign?.remove()
    this.foreign = tianditu && tiandituLayers(tianditu.kind, tianditu.key, 'hillshade', (isAnswering) => this.events.foreign?.(isAnswering)).addTo(this.map)
  }

  /** What a tool has drawn. */
  draw(what: Sketched): void {
    this.sketch.draw(what, this.palette)
  }

  /** The area of a layer's tiles a place lies in, whether the layer is switched on or only part of the base map. */
  areaAt(layer: string, lon: number, lat: number): TileFeature | null {
    const areas = this.store.shown(layer).flatMap((tile) => tile.features)
    return areas.find((area) => area.shape === 'polygon' && isInside(area, xOf(lon), yOf(lat))) ?? null
  }

  /** Hillshade under the map; null: the county has no elevation model. */
  setHillshade(county: string | null, bbox: Bbox | null): void {
    if (this.hillshadeOf === county) return
    this.hillshade?.remove()
    this.isShading = false // what is taken away in the middle of loading never says that it is done
    this.hillshadeOf = county
    this.hillshadeBox = bbox
    this.hillshade = county === null ? null : L.tileLayer(hillshadeTemplate(county), {
      pane: 'hillshade', maxNativeZoom: HILLSHADE_MOST_ZOOM, maxZoom: MOST_ZOOM, className: 'hillshade',
      ...(bbox ? { bounds: L.latLngBounds([bbox[1], bbox[0]], [bbox[3], bbox[2]]).pad(0.05) } : {}),
    }).on('loading', () => this.shading(true)).on('load', () => this.shading(false)).addTo(this.map)
  }

  private shading(isLoading: boolean): void {
    this.isShading = isLoading
    this.tell()
  }

  at(): Position {
    const middle = this.map.getCenter()
    return { zoom: this.map.getZoom(), lat: middle.lat, lon: middle.lng }
  }

  bounds(): Bbox {
    const seen = this.map.getBounds()
    return [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()]
  }

  go(at: Position): void {
    this.map.setView([at.lat, at.lon], at.zoom, { animate: false })
  }

  /** `bottomPx`: how much of the map something else covers there, here and below. */
  fit(bbox: Bbox, isAnimated = true, bottomPx = 0): void {
    const bounds = L.latLngBounds([bbox[1], bbox[0]], [bbox[3], bbox[2]])
    this.map.fitBounds(bounds, { paddingTopLeft: [ROOM_PX, ROOM_PX], paddingBottomRight: [ROOM_PX, ROOM_PX + bottomPx], animate: isAnimated })
  }

  /** Bring something into view, and near enough to be told from its neighbours. */
  flyTo(lon: number, lat: number, zoom = CHOSEN_ZOOM, bottomPx = 0): void {
    const near = Math.max(zoom, this.map.getZoom())
    const middle = this.map.project([lat, lon], near).add([0, bottomPx / 2])
    this.map.flyTo(this.map.unproject(middle, near), near, { duration: FLY_S })
  }

  /** Whether something is in view and large enough to be made out. */
  sees(bbox: Bbox, bottomPx = 0): boolean {
    const bounds = L.latLngBounds([bbox[1], bbox[0]], [bbox[3], bbox[2]])
    const [low, high] = [this.map.latLngToContainerPoint(bounds.getSouthWest()), this.map.latLngToContainerPoint(bounds.getNorthEast())]
    const size = this.map.getSize()
    const seen = L.bounds([0, 0], [size.x, size.y - bottomPx])
    return seen.intersects(L.bounds([low, high])) && Math.max((high.x - low.x) / size.x, (low.y - high.y) / size.y) > LEAST_SHARE
  }

  /** Move only as far as needed for a place not to lie at or beyond the edge. */
  reveal(lon: number, lat: number, bottomPx = 0, leftPx = 0): void {
    this.map.panInside([lat, lon], { paddingTopLeft: [60 + leftPx, 60], paddingBottomRight: [60, 60 + bottomPx] })
  }

  /** The same beside a card that lies over the map: at its left, or all along its bottom. */
  revealBeside(lon: number, lat: number, card: DOMRect): void {
    const box = this.map.getContainer().getBoundingClientRect()
    if (card.width > box.width * CARD_SHARE) this.reveal(lon, lat, box.bottom - card.top)
    else this.reveal(lon, lat, 0, card.right - box.left)
  }

  zoomBy(step: number): void {
    this.map.setZoom(this.map.getZoom() + step)
  }

  /** The container changed its size. */
  resized(): void {
    this.map.invalidateSize({ pan: false })
  }

  /** On paper all that the screen shows, afterwards the screen as it was. The browser prints as soon as this returns. */
  laidOut(isPaper: boolean): void {
    const shown = this.map.getBounds()
    if (isPaper) this.onScreen ??= { centre: this.map.getCenter(), zoom: this.map.getZoom() }
    this.map.invalidateSize({ pan: false })
    if (isPaper) this.map.setView(shown.getCenter(), this.map.getBoundsZoom(shown), { animate: false })
    else if (this.onScreen) this.map.setView(this.onScreen.centre, this.onScreen.zoom, { animate: false })
    if (!isPaper) this.onScreen = null
    this.picture.redraw()
  }

  openPopup(lon: number, lat: number, element: HTMLElement): void {
    this.closePopup()
    this.popup = L.popup({
      minWidth: 240, maxWidth: 300, autoPanPadding: [20, 20], offset: [0, -8], closeButton: false, className: 'map-popup',
    }).setLatLng([lat, lon]).setContent(element).openOn(this.map)
    this.popup.on('remove', () => this.events.popupClosed())
  }

  updatePopup(): void {
    this.popup?.update()
  }

  closePopup(): void {
    const { popup } = this
    this.popup = null
    popup?.off('remove')
    popup?.remove()
  }

  /** Length in metres and in pixels of a round distance that suits a scale bar. */
  scale(mostPx: number): { metres: number; px: number } {
    const size = this.map.getSize()
    const [left, right] = [L.point(size.x / 2, size.y / 2), L.point(size.x / 2 + mostPx, size.y / 2)]
    const metres = this.map.distance(this.map.containerPointToLatLng(left), this.map.containerPointToLatLng(right))
    const power = 10 ** Math.floor(Math.log10(metres))
    const round = power * ([5, 2, 1].find((step) => step * power <= metres) ?? 1)
    return { metres: round, px: (mostPx * round) / metres }
  }

  focus(): void {
    this.map.getContainer().focus()
  }

  destroy(): void {
    this.closePopup()
    this.hold.destroy()
    this.map.remove()
  }

  private ask(): void {
    const { known, layers, showBase, asOf } = this.content
    const names = new Set([...(showBase ? BASE_LAYERS : []), ...layers.map((layer) => layer.name)])
    const wanted = [...names].flatMap((name): TileLayer[] => {
      const layer = known.get(name)
      return layer && layer.count > 0
        // What a layer covers now does not bound what it covered then.
        ? [{ name, by: layer.by, version: asOf ?? layer.version, extent: asOf ? null : extentOf(layer.bbox) }]
        : []
    })
    if (this.content.look?.showContours && this.hillshadeOf) {
      wanted.push({ name: CONTOURS, by: null, version: this.hillshadeOf, extent: extentOf(this.hillshadeBox) })
    }
    this.store.want(wanted, this.picture.window(), this.map.getZoom())
    if (this.store.waiting > 0) this.events.waits?.()
    this.picture.refresh()
  }

  private tell(): void {
    const visible = this.picture.visible()
    const others = [!this.isGiven, this.isShading, this.picture.isDue].filter(Boolean).length
    this.events.drawn(inView(this.picture.shown, visible), this.store.waiting + others, this.store.failed)
  }

  private point(at: L.LatLng): void {
    this.events.pointed([at.lng, at.lat])
    if (this.picture.isMoving || this.sketch.isActive || this.shapes.isActive) return
    this.map.getContainer().style.cursor = this.picture.hit(at) ? 'pointer' : ''
  }

  /** False where a tool has the map. */
  private askAt(at: L.LatLng): boolean {
    if (this.sketch.isActive || this.shapes.isActive) return false
    this.events.asked?.(at.lng, at.lat)
    return true
  }

  private pick(at: L.LatLng): void {
    if (this.sketch.isActive) return
    if (this.shapes.isActive) return this.shapes.click(at)
    const hit = this.picture.hit(at)
    if (!hit) return this.events.cleared()
    const place = this.picture.placeOf(hit, at)
    if (hit.feature.id === null) return void this.map.flyTo(place, Math.min(MOST_ZOOM, this.map.getZoom() + 2), { duration: FLY_S })
    return this.events.picked({ ...hit.feature, lon: place.lng, lat: place.lat })
  }
}

const ratio = (): number => Math.min(2, (window.devicePixelRatio || 1) * (document.documentElement.currentCSSZoom || 1))

const extentOf = (bbox: Bbox | null): Window | null =>
  bbox && { west: xOf(bbox[0]), south: yOf(bbox[1]), east: xOf(bbox[2]), north: yOf(bbox[3]) }
