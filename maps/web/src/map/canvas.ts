/**
 * One canvas over the map with a margin on every side: panning moves it, and only when the map comes to rest is it
 * drawn again: 100,000 points move as one picture. Zooming stretches the last picture until then.
 */
import L from 'leaflet'
import { hitAt } from './hit'
import { lonOf, latOf, worldPx, xOf, yOf, type Window } from './mercator'
import { paint, type Drawn, type Frame, type Placed } from './picture'

/** Margin on each side, in parts of the map's size. */
const MARGIN = 0.25
const MOST_RATIO = 2
const MOST_PAUSE_MS = 1000
/** After a drawing slower than this, the frame that answers a key or a click goes first: it is there after so long. */
const [HEAVY_MS, ANSWER_MS] = [50, 40]
/** A map that has not moved for this long is at rest, whether or not the button is still held. */
const HAND_MS = 150

export type Content = Pick<Frame, 'layers' | 'opacity' | 'tilesOf' | 'showBase' | 'showContours' | 'grid' | 'palette' | 'sheet' | 'chosen' | 'ringed'>

export class PictureLayer extends L.Layer {
  private canvas: HTMLCanvasElement | null = null
  /** Drawn on out of sight; the canvas of the page holds a finished bitmap, which costs nothing while it moves. */
  private readonly board = new OffscreenCanvas(1, 1)
  private picture: Drawn = { shapes: [], points: null }
  private corner = L.point(0, 0)
  private middle = L.latLng(0, 0)
  private zoom = 0
  private waiting = 0
  private isTimed = false
  private movedMs = 0
  private tookMs = 0
  private doneMs = 0

  constructor(private readonly content: () => Content, private readonly drawn: () => void) {
    super()
  }

  override onAdd(map: L.Map): this {
    this._map = map
    this.canvas = L.DomUtil.create('canvas', 'map-picture leaflet-zoom-animated')
    this.canvas.setAttribute('aria-hidden', 'true')
    map.getPanes().overlayPane?.append(this.canvas)
    map.on('zoomanim', this.stretch, this)
    map.on('move', this.moved, this)
    map.on('moveend', this.rest, this)
    map.on('resize', this.fit, this)
    this.redraw()
    return this
  }

  override onRemove(map: L.Map): this {
    map.off('zoomanim', this.stretch, this)
    map.off('move', this.moved, this)
    map.off('moveend', this.rest, this)
    map.off('resize', this.fit, this)
    this.forget()
    this.canvas?.remove()
    this.canvas = null
    return this
  }

  /** The part of the world the picture covers, margin included. */
  window(): Window {
    const map = this._map
    const margin = this.margin()
    const size = map.getSize()
    const corner = map.containerPointToLatLng(L.point(-margin.x, -margin.y))
    const far = map.containerPointToLatLng(L.point(size.x + margin.x, size.y + margin.y))
    return { west: xOf(corner.lng), north: yOf(corner.lat), east: xOf(far.lng), south: yOf(far.lat) }
  }

  /** What can be seen now of `window`. */
  visible(): Window {
    const bounds = this._map.getBounds()
    return {
      west: xOf(bounds.getWest()), north: yOf(bounds.getNorth()), east: xOf(bounds.getEast()), south: yOf(bounds.getSouth()),
    }
  }

  /**
   * Draw soon; many calls before that are one drawing. It waits while a hand moves the map, and takes at most half of
   * the time while tiles arrive one by one.
   */
  refresh(): void {
    if (this.waiting !== 0) return
    const nowMs = performance.now()
    const answeredMs = this.tookMs > HEAVY_MS ? nowMs + ANSWER_MS : 0
    const fromMs = Math.max(answeredMs, this.movedMs + HAND_MS, this.doneMs + Math.min(MOST_PAUSE_MS, this.tookMs))
    this.waiting = fromMs <= nowMs
      ? requestAnimationFrame(() => this.redraw())
      : window.setTimeout(() => this.again(), fromMs - nowMs)
    this.isTimed = fromMs > nowMs
  }

  private again(): void {
    this.waiting = 0
    if (this.isMoving) return this.refresh()
    this.isTimed = false
    this.waiting = requestAnimationFrame(() => {
      this.isTimed = true
      this.waiting = window.setTimeout(() => this.redraw()) // the frame is on its way to the screen
    })
  }

  private forget(): void {
    if (this.isTimed) window.clearTimeout(this.waiting)
    else cancelAnimationFrame(this.waiting)
    this.waiting = 0
  }

  private fit(): void {
    if (this.tookMs > HEAVY_MS) this.refresh()
    else this.redraw()
  }

  private moved(): void {
    this.movedMs = performance.now()
  }

  /** After a pan the picture lies where it did and may wait for the next frame; after a zoom it no longer fits. */
  private rest(): void {
    this.forget()
    this.movedMs = this.doneMs = 0
    if (this._map.getZoom() === this.zoom) this.refresh()
    else this.redraw()
  }

  /** The map is under a moving hand: nothing needs to be found under the pointer. */
  get isMoving(): boolean {
    return performance.now() - this.movedMs < HAND_MS
  }

  /** Whether a drawing was asked for and is still to come. */
  get isDue(): boolean {
    return this.waiting !== 0
  }

  get shown(): Drawn {
    return this.picture
  }

  hit(at: L.LatLng): Placed | null {
    const grid = this.grid()
    const spot = { x: xOf(at.lng) * grid.worldPx - grid.leftPx, y: yOf(at.lat) * grid.worldPx - grid.topPx }
    return hitAt(this.picture, spot, grid)
  }

  /** Where a placed thing is: a point's own place, or where the person clicked. */
  placeOf(placed: Placed, clicked: L.LatLng): L.LatLng {
    if (!placed.spot || placed.feature.id === null) return clicked
    return L.latLng(latOf(placed.feature.box.north), lonOf(placed.feature.box.west))
  }

  private margin(): L.Point {
    return this._map.getSize().multiplyBy(MARGIN).round()
  }

  private grid(): { worldPx: number; leftPx: number; topPx: number } {
    const origin = this._map.getPixelOrigin()
    return { worldPx: worldPx(this.zoom), leftPx: origin.x + this.corner.x, topPx: origin.y + this.corner.y }
  }

  redraw(): void {
    const { canvas, board } = this
    const ctx = board.getContext('2d')
    this.forget()
    if (!canvas || !ctx) return
    const begunMs = performance.now()
    const map = this._map
    const margin = this.margin()
    const size = map.getSize().add(margin.multiplyBy(2))
    const ratio = Math.min(MOST_RATIO, (window.devicePixelRatio || 1) * (document.documentElement.currentCSSZoom || 1))
    this.corner = map.containerPointToLayerPoint(L.point(-margin.x, -margin.y)).round()
    this.middle = map.getCenter()
    this.zoom = map.getZoom()
    board.width = Math.round(size.x * ratio)
    board.height = Math.round(size.y * ratio)
    ctx.scale(ratio, ratio)
    this.picture = paint({
      ctx, widthPx: size.x, heightPx: size.y, zoom: this.zoom, ...this.grid(), visible: this.visible(), ...this.content(),
    })
    L.DomUtil.setPosition(canvas, this.corner)
    canvas.style.width = `${size.x}px`
    canvas.style.height = `${size.y}px`
    if (canvas.width !== board.width) canvas.width = board.width
    if (canvas.height !== board.height) canvas.height = board.height
    canvas.getContext('bitmaprenderer')?.transferFromImageBitmap(board.transferToImageBitmap())
    this.drawn()
    this.doneMs = performance.now()
    this.tookMs = this.doneMs - begunMs
  }

  /** While Leaflet animates a zoom, the last picture is stretched the same way (as Leaflet's own renderers do). */
  private stretch(event: L.LeafletEvent): void {
    const { canvas } = this
    if (!canvas) return
    const map = this._map
    const { center, zoom } = event as L.ZoomAnimEvent
    const scale = map.getZoomScale(zoom, this.zoom)
    const half = map.getSize().divideBy(2)
    const panned = L.DomUtil.getPosition(map.getPane('mapPane') as HTMLElement)
    const newOrigin = map.project(center, zoom).subtract(half).add(panned).round()
    const corner = map.project(this.middle, zoom).subtract(half.add(this.margin()).multiplyBy(scale)).subtract(newOrigin)
    L.DomUtil.setTransform(canvas, corner, scale)
  }
}
