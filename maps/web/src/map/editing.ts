/** Drawing and reshaping on the map: handles, midpoints, snapping, the line under the hand. What is drawn comes from state/editing.ts. */
import L from 'leaflet'
import type { Ref } from '@/state/model'
import type { LonLat } from './coordinates'
import type { Palette } from './palette'
import {
  handled, inserted, isArea, isPoint, moved, removed, rounded, samePath, snap, strands, vertices, type Path, type Pixel, type Shape,
  type Vertex,
} from './shapes'

export type EditMode = 'off' | 'look' | 'draw' | 'shape' | 'pick'

export interface Ghost {
  readonly shape: Shape
  /** second: a second shape such as a danger zone; own: the object's own while a second one is under the hand. */
  readonly kind: 'before' | 'theirs' | 'mine' | 'chosen' | 'second' | 'own'
  /** Written at it. */
  readonly name?: string
}

export interface EditPicture {
  readonly mode: EditMode
  /** Geometry type that is being drawn. */
  readonly kind: string
  readonly shape: Shape | null
  readonly selected: Path | null
  /** Places set so far while drawing. */
  readonly sketch: readonly LonLat[]
  readonly ghosts: readonly Ghost[]
  /** Lines to snap to; empty when snapping is off. */
  readonly targets: readonly (readonly LonLat[])[]
}

export interface EditEvents {
  /** `step` names changes that belong to one step of undo. */
  readonly reshaped: (shape: Shape, selected: Path | null, step?: string) => void
  readonly selected: (path: Path | null) => void
  readonly sketched: (places: readonly LonLat[]) => void
  readonly finished: () => void
  readonly picked: (ref: Ref) => void
  readonly refused: () => void
}

export interface EditWords {
  readonly vertex: string
  readonly midpoint: string
  readonly point: string
}

export const IDLE: EditPicture = { mode: 'off', kind: 'Point', shape: null, selected: null, sketch: [], ghosts: [], targets: [] }

const MOST_HANDLES = 160
/** Farther out a second shape is a speck, and its name would cover what lies around it. */
const NAME_ZOOM = 13
const HANDLES_APART_PX = 15
const TOUCH_APART_PX = 30
const MIDPOINT_FROM_PX = 46
const SNAP_PX = 12
const TOUCH_SNAP_PX = 20
const NUDGE_PX = 1
const FAR_NUDGE_PX = 10
const ARROWS: Readonly<Record<string, Pixel>> = {
  ArrowUp: { x: 0, y: -1 }, ArrowDown: { x: 0, y: 1 }, ArrowLeft: { x: -1, y: 0 }, ArrowRight: { x: 1, y: 0 },
}

const latLng = ([lon, lat]: LonLat): L.LatLngTuple => [lat, lon]
const lonLat = (at: L.LatLng): LonLat => rounded([at.lng, at.lat])
const isTouch = (): boolean => window.matchMedia('(pointer: coarse)').matches

export class ShapeEditor {
  private picture: EditPicture = IDLE
  private readonly drawn = L.layerGroup()
  private readonly handles = L.layerGroup()
  private readonly rubber = L.layerGroup()
  private readonly renderer = L.canvas({ padding: 0.3 })
  private focused: Path | null = null
  private isDragging = false
  private words: EditWords = { vertex: '', midpoint: '', point: '' }

  constructor(
    private readonly map: L.Map, private readonly palette: () => Palette, private readonly hit: (at: L.LatLng) => Ref | null,
  ) {
    for (const group of [this.drawn, this.rubber, this.handles]) group.addTo(map)
    map.on('moveend', () => this.renderHandles())
    map.on('zoomend', () => {
      if (!this.isDragging) this.render()
    })
    map.on('mousemove', (event) => this.stretch(event.latlng))
    map.on('dblclick', () => {
      if (this.picture.mode === 'draw' && this.isTwiceAtOneSpot()) this.events?.finished()
    })
  }

  private events: EditEvents | null = null

  listen(events: EditEvents, words: EditWords): void {
    this.events = events
    this.words = words
  }

  /** While true, a click on the map opens nothing. */
  get isActive(): boolean {
    return this.picture.mode !== 'off'
  }

  set(picture: EditPicture): void {
    const before = this.picture
    this.picture = picture
    if (picture.mode === 'draw') this.map.doubleClickZoom.disable()
    else if (before.mode === 'draw') this.map.doubleClickZoom.enable()
    this.map.getContainer().classList.toggle('drawing', picture.mode === 'draw' || picture.mode === 'pick')
    if (this.isDragging) return
    this.render()
    if (picture.targets !== before.targets && picture.shape === before.shape && picture.mode === before.mode) return
    this.renderHandles()
  }

  /** Leaflet calls two quick taps a double click wherever they fall; two places quickly set are no end. */
  private isTwiceAtOneSpot(): boolean {
    const [before, last] = this.picture.sketch.slice(-2).map(this.pixelOf)
    return before !== undefined && last !== undefined && Math.hypot(last.x - before.x, last.y - before.y) <= TOUCH_SNAP_PX
  }

  click(at: L.LatLng): void {
    const { mode, sketch, kind } = this.picture
    if (mode === 'draw') {
      const place = this.snapped(at)
      this.events?.sketched(isPoint(kind) ? [place] : [...sketch, place])
      if (isPoint(kind)) this.events?.finished()
    } else if (mode === 'pick') {
      const ref = this.hit(at)
      if (ref) this.events?.picked(ref)
    } else if (mode === 'shape') this.events?.selected(null)
  }

  private snapped(at: L.LatLng): LonLat {
    const found = snap(this.map.latLngToContainerPoint(at), this.picture.targets, this.pixelOf, isTouch() ? TOUCH_SNAP_PX : SNAP_PX)
    return found ? found.at : lonLat(at)
  }

  private readonly pixelOf = (at: LonLat): Pixel => this.map.latLngToContainerPoint(latLng(at))

  // -- what is drawn --------------------------------------------------------------------------------------------------

  private render(): void {
    this.drawn.clearLayers()
    const { shape, ghosts, mode, sketch, kind } = this.picture
    for (const ghost of ghosts) this.outline(ghost.shape, ghost.kind, ghost.name)
    if (mode === 'off') return this.rubber.clearLayers() as unknown as undefined
    if (shape) this.outline(shape, 'mine')
    if (mode === 'draw') this.sketch(sketch, kind)
    else this.rubber.clearLayers()
  }

  private style(kind: Ghost['kind']): L.PathOptions {
    const { accent, ink, inkSoft } = this.palette()
    const plain = { renderer: this.renderer, interactive: false, fill: true, fillOpacity: 0.08, weight: 2.5, color: accent, fillColor: accent }
    switch (kind) {
      case 'before': return { ...plain, color: inkSoft, fillColor: inkSoft, dashArray: '5 6', fillOpacity: 0 }
      case 'theirs': return { ...plain, color: ink, fillColor: ink, weight: 3.5, dashArray: '12 5' }
      case 'chosen': return { ...plain, weight: 3.5, fillOpacity: 0.28 }
      case 'second': return { ...plain, weight: 2, dashArray: '7 5', fillOpacity: 0.05 }
      case 'own': return { ...plain, color: inkSoft, fillColor: inkSoft, weight: 1.5, fillOpacity: 0.04 }
      case 'mine': return plain
    }
  }

  private outline(shape: Shape, kind: Ghost['kind'], name?: string): void {
    if (name) this.title(shape, name)
    const style = this.style(kind)
    const halo = { ...style, color: this.palette().paper, weight: (style.weight ?? 2) + 3.5, fill: false, dashArray: '' }
    for (const one of isPoint(shape.type) ? [style] : [halo, style]) {
      L.geoJSON(shape as GeoJSON.GeometryObject, {
        interactive: false,
        style: isArea(shape.type) ? one : { ...one, fill: false },
        pointToLayer: (_feature, at) => L.circleMarker(at, { ...one, radius: 15, fillOpacity: 0 }),
      }).addTo(this.drawn)
    }
  }

  /** The name beside a second shape, where it reaches farthest north. */
  private title(shape: Shape, name: string): void {
    const [first, ...rest] = vertices(shape).map(({ at }) => at)
    if (!first || this.map.getZoom() < NAME_ZOOM) return
    const top = rest.reduce((north, at) => (at[1] > north[1] ? at : north), first)
    const words = document.createElement('span')
    words.textContent = name
    L.tooltip({ permanent: true, direction: 'top', className: 'second-shape', interactive: false }).setLatLng(latLng(top)).setContent(words).addTo(this.drawn)
  }

  private sketch(places: readonly LonLat[], kind: string): void {
    if (isPoint(kind) || places.length === 0) return
    const style = this.style('mine')
    const line = isArea(kind) && places.length > 2 ? L.polygon(places.map(latLng), style) : L.polyline(places.map(latLng), { ...style, fill: false })
    line.addTo(this.drawn)
    for (const place of places) L.circleMarker(latLng(place), { ...style, radius: 4, fillOpacity: 1 }).addTo(this.drawn)
  }

  /** The leg from the last place to the pointer. */
  private stretch(at: L.LatLng): void {
    const { mode, sketch, kind } = this.picture
    if (mode !== 'draw') return
    this.rubber.clearLayers()
    const to = this.snapped(at)
    const style = { ...this.style('mine'), fill: false, dashArray: '4 5' }
    const last = sketch[sketch.length - 1]
    const [first] = sketch
    if (last) L.polyline([last, to, ...(isArea(kind) && sketch.length > 1 && first ? [first] : [])].map(latLng), style).addTo(this.rubber)
    L.circleMarker(latLng(to), { ...style, radius: 6, dashArray: '' }).addTo(this.rubber)
  }

  // -- handles --------------------------------------------------------------------------------------------------------

  private renderHandles(): void {
    if (this.isDragging) return
    this.handles.clearLayers()
    const { mode, shape } = this.picture
    if (mode !== 'shape' || !shape) return
    const size = this.map.getSize()
    const shown = handled(vertices(shape), this.pixelOf, size, isTouch() ? TOUCH_APART_PX : HANDLES_APART_PX, MOST_HANDLES)
    const chosen = vertices(shape).find(({ path }) => samePath(path, this.picture.selected))
    const isLeftOut = chosen && !shown.some(({ path }) => samePath(path, chosen.path))
    for (const vertex of isLeftOut ? [...shown, chosen] : shown) this.vertexHandle(shape, vertex)
    if (!isPoint(shape.type)) this.midpoints(shape, size)
  }

  private handle(at: LonLat, look: string, words: string): L.Marker {
    return L.marker(latLng(at), {
      draggable: true, keyboard: true, title: words, alt: words, autoPan: true,
      icon: L.divIcon({ className: `shape-handle ${look}`, html: '<i></i>', iconSize: isTouch() ? [44, 44] : [24, 24] }),
    }).addTo(this.handles)
  }

  private vertexHandle(shape: Shape, { path, at }: Vertex): void {
    const isChosen = samePath(path, this.picture.selected)
    const point = isPoint(shape.type)
    const marker = this.handle(at, point ? 'point' : isChosen ? 'chosen' : '', point ? this.words.point : this.words.vertex)
    this.draggable(marker, (to) => moved(shape, path, to), path)
    if (!point) {
      marker.on('click', () => this.events?.selected(isChosen ? null : path))
      marker.on('contextmenu', () => this.remove(shape, path))
    }
    const element = marker.getElement()
    element?.addEventListener('keydown', (event) => this.press(event, shape, { path, at }))
    element?.addEventListener('focus', () => {
      this.focused = path
    })
    if (element && samePath(path, this.focused) && !document.activeElement?.closest('input, select, textarea, button')) {
      element.focus({ preventScroll: true })
    }
  }

  /** In the middle of every edge in view that is long enough, whether its ends have a handle or not. */
  private midpoints(shape: Shape, size: L.Point): void {
    const long = MIDPOINT_FROM_PX * (isTouch() ? 2 : 1)
    let left = MOST_HANDLES
    for (const { path, line } of strands(shape)) {
      const spots = line.map(this.pixelOf)
      for (let index = 1; index < line.length && left > 0; index++) {
        const [a, b, from, to] = [spots[index - 1], spots[index], line[index - 1], line[index]]
        if (!a || !b || !from || !to || Math.hypot(a.x - b.x, a.y - b.y) < long) continue
        const [x, y] = [(a.x + b.x) / 2, (a.y + b.y) / 2]
        if (x < 0 || y < 0 || x > size.x || y > size.y) continue
        this.middle(shape, from, to, [...path, index])
        left -= 1
      }
    }
  }

  private middle(shape: Shape, from: LonLat, to: LonLat, path: Path): void {
    const at = rounded([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2])
    const marker = this.handle(at, 'middle', this.words.midpoint)
    this.draggable(marker, (place) => inserted(shape, path, place), path)
    marker.on('click', () => this.events?.reshaped(inserted(shape, path, at), path))
    marker.getElement()?.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return
      event.preventDefault()
      event.stopPropagation()
      this.focused = path
      this.events?.reshaped(inserted(shape, path, at), path)
    })
  }

  private draggable(marker: L.Marker, shapeWith: (at: LonLat) => Shape, path: Path): void {
    let place: LonLat | null = null
    let waiting = 0
    marker.on('dragstart', () => {
      this.isDragging = true
    })
    marker.on('drag', () => {
      place = this.snapped(marker.getLatLng())
      marker.setLatLng(latLng(place))
      cancelAnimationFrame(waiting)
      waiting = requestAnimationFrame(() => {
        if (!place || !this.isDragging) return
        this.drawn.clearLayers()
        for (const ghost of this.picture.ghosts) this.outline(ghost.shape, ghost.kind, ghost.name)
        this.outline(shapeWith(place), 'mine')
      })
    })
    marker.on('dragend', () => {
      this.isDragging = false
      cancelAnimationFrame(waiting)
      this.focused = null
      if (place) this.events?.reshaped(shapeWith(place), isPoint(this.picture.kind) ? null : path)
    })
  }

  private press(event: KeyboardEvent, shape: Shape, { path, at }: Vertex): void {
    const arrow = ARROWS[event.key]
    const isRemoval = event.key === 'Delete' || event.key === 'Backspace'
    if (!arrow && !isRemoval) return
    event.preventDefault()
    event.stopPropagation()
    if (isRemoval) return this.remove(shape, path)
    const far = event.shiftKey ? FAR_NUDGE_PX : NUDGE_PX
    const px = this.pixelOf(at)
    const to = this.map.containerPointToLatLng(L.point(px.x + (arrow?.x ?? 0) * far, px.y + (arrow?.y ?? 0) * far))
    this.focused = path
    this.events?.reshaped(moved(shape, path, lonLat(to)), this.picture.selected, `nudge ${path.join()}`)
  }

  private remove(shape: Shape, path: Path): void {
    const left = removed(shape, path)
    if (left) this.events?.reshaped(left, null)
    else this.events?.refused()
  }
}
