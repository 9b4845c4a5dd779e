/**
 * One canvas over the map with a margin on every side: panning moves it, and only when the map comes to rest is it
 * drawn again. Zooming stretches the last picture until then.
 */
import L from 'leaflet'
import { hitAt } from './hit'
import { lonOf, latOf, worldPx, xOf, yOf, type Window } from './mercator'
import { paint, type Frame, type Placed } from './picture'

/** Margin on each side, in parts of the map's size. */
const MARGIN = 0.25
const MOST_RATIO = 2

export type Content = Pick<Frame, 'layers' | 'opacity' | 'tilesOf' | 'showBase' | 'showContours' | 'grid' | 'palette' | 'sheet' | 'chosen' | 'ringed'>

export class PictureLayer extends L.Layer {
  private canvas: HTMLCanvasElement | null = null
  private placed: readonly Placed[] = []
  private corner = L.point(0, 0)
  private middle = L.latLng(0, 0)
  private zoom = 0
  private waiting = 0

  constructor(private readonly content: () => Content, private readonly drawn: () => void) {
    super()
  }

  override onAdd(map: L.Map): this {
    this._map = map
    this.canvas = L.DomUtil.create('canvas', 'map-picture leaflet-zoom-animated')
    this.canvas.setAttribute('aria-hidden', 'true')
    map.getPanes().overlayPane?.append(this.canvas)
    map.on('zoomanim', this.stretch, this)
    map.on('moveend resize', this.redraw, this)
    this.redraw()
    return this
  }

  override onRemove(map: L.Map): this {
    map.off('zoomanim', this.stretch, this)
    map.off('moveend resize', this.redraw, this)
    cancelAnimationFrame(this.waiting)
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

  /** Draw soon; many calls before the next frame are one drawing. */
  refresh(): void {
    cancelAnimationFrame(this.waiting)
    this.waiting = requestAnimationFrame(() => this.redraw())
  }

  get shown(): readonly Placed[] {
    return this.placed
  }

  hit(at: L.LatLng): Placed | null {
    const grid = this.grid()
    const spot = { x: xOf(at.lng) * grid.worldPx - grid.leftPx, y: yOf(at.lat) * grid.worldPx - grid.topPx }
    return hitAt(this.placed, spot, grid)
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

  private redraw(): void {
    const { canvas } = this
    const ctx = canvas?.getContext('2d')
    if (!canvas || !ctx) return
    const map = this._map
    const margin = this.margin()
    const size = map.getSize().add(margin.multiplyBy(2))
    const ratio = Math.min(MOST_RATIO, window.devicePixelRatio || 1)
    this.corner = map.containerPointToLayerPoint(L.point(-margin.x, -margin.y)).round()
    this.middle = map.getCenter()
    this.zoom = map.getZoom()
    L.DomUtil.setPosition(canvas, this.corner)
    canvas.style.width = `${size.x}px`
    canvas.style.height = `${size.y}px`
    canvas.width = Math.round(size.x * ratio)
    canvas.height = Math.round(size.y * ratio)
    ctx.scale(ratio, ratio)
    this.placed = paint({
      ctx, widthPx: size.x, heightPx: size.y, zoom: this.zoom, ...this.grid(), visible: this.visible(), ...this.content(),
    })
    this.drawn()
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
