/** What a tool draws over the map, and how the hand's gestures reach it. Mouse, pen and finger alike. */
import L from 'leaflet'
import type { LonLat } from './coordinates'
import type { Palette } from './palette'

export type Gestures = 'points' | 'pair'

export interface SketchEvents {
  readonly add: (place: LonLat) => void
  readonly move: (place: LonLat | null) => void
  readonly finish: () => void
}

export interface SketchLabel {
  readonly at: LonLat
  readonly text: string
  /** The sum, not a part. */
  readonly isMain: boolean
}

export interface Sketched {
  readonly line: readonly LonLat[]
  readonly ring: readonly LonLat[]
  /** Corners set so far. */
  readonly corners: readonly LonLat[]
  readonly labels: readonly SketchLabel[]
  readonly mark: LonLat | null
}

export const NOTHING: Sketched = { line: [], ring: [], corners: [], labels: [], mark: null }

/** A finger or mouse that moved less than this has clicked. */
const CLICK_PX = 6
const PANE = 'sketch'
const HALO_PX = 6
const LINE_PX = 2.5
const CORNER_PX = 4.5
const MARK_PX = 7

const spot = ([lon, lat]: LonLat): L.LatLngExpression => [lat, lon]

export class Sketch {
  private readonly drawn = L.layerGroup()
  private readonly renderer: L.SVG
  private events: SketchEvents | null = null
  private leave: (() => void)[] = []

  constructor(private readonly map: L.Map) {
    const pane = map.createPane(PANE)
    pane.style.zIndex = '450'
    pane.style.pointerEvents = 'none'
    this.renderer = L.svg({ pane: PANE, padding: 0.5 })
    this.drawn.addTo(map)
  }

  /** The map's clicks draw and choose nothing. */
  get isActive(): boolean {
    return this.events !== null
  }

  begin(gestures: Gestures, events: SketchEvents): void {
    this.end()
    this.events = events
    const container = this.map.getContainer()
    this.map.doubleClickZoom.disable()
    container.classList.add('drawing')
    this.leave.push(() => {
      this.map.doubleClickZoom.enable()
      container.classList.remove('drawing')
    })
    if (gestures === 'points') this.listenForPoints(events)
    else this.listenForPairs(events)
  }

  end(): void {
    this.leave.forEach((undo) => undo())
    this.leave = []
    this.events = null
  }

  private listenForPoints(events: SketchEvents): void {
    let last: L.Point | null = null
    let isRepeat = false
    const click = (event: L.LeafletMouseEvent): void => {
      // The second click of a double click is not another corner.
      isRepeat = last !== null && last.distanceTo(event.containerPoint) < CLICK_PX
      if (isRepeat) return
      last = event.containerPoint
      events.add([event.latlng.lng, event.latlng.lat])
    }
    const move = (event: L.LeafletMouseEvent): void => events.move([event.latlng.lng, event.latlng.lat])
    const out = (): void => events.move(null)
    const rest = (): void => {
      last = null // the map has moved under the last click
    }
    // Leaflet takes any two quick taps for a double one, however far apart: a quick hand must not end its line.
    const double = (): void => {
      if (isRepeat) events.finish()
    }
    this.map.on('click', click).on('mousemove', move).on('mouseout', out).on('dblclick', double).on('movestart', rest)
    this.leave.push(() => {
      this.map.off('click', click).off('mousemove', move).off('mouseout', out).off('dblclick', double).off('movestart', rest)
    })
  }

  /** Two places at once: drag from one to the other, or click the one and then the other. */
  private listenForPairs(events: SketchEvents): void {
    const container = this.map.getContainer()
    const placeOf = (event: PointerEvent): LonLat => {
      const at = this.map.mouseEventToLatLng(event)
      return [at.lng, at.lat]
    }
    let down: { id: number; x: number; y: number } | null = null
    let isSecond = false
    const press = (event: PointerEvent): void => {
      if (event.button !== 0 || !event.isPrimary || (event.target as HTMLElement).closest('.leaflet-popup')) return
      down = { id: event.pointerId, x: event.clientX, y: event.clientY }
      if (!isSecond) events.add(placeOf(event))
    }
    const move = (event: PointerEvent): void => {
      if (event.isPrimary) events.move(placeOf(event))
    }
    const release = (event: PointerEvent): void => {
      if (!down || event.pointerId !== down.id) return
      const hasMoved = Math.hypot(event.clientX - down.x, event.clientY - down.y) >= CLICK_PX
      down = null
      if (hasMoved || isSecond) events.add(placeOf(event))
      isSecond = !hasMoved && !isSecond
    }
    this.map.dragging.disable()
    const { touchAction } = container.style
    container.style.touchAction = 'none'
    container.addEventListener('pointerdown', press)
    container.addEventListener('pointermove', move)
    container.addEventListener('pointerup', release)
    this.leave.push(() => {
      this.map.dragging.enable()
      container.style.touchAction = touchAction
      container.removeEventListener('pointerdown', press)
      container.removeEventListener('pointermove', move)
      container.removeEventListener('pointerup', release)
    })
  }

  draw(what: Sketched, palette: Palette): void {
    this.drawn.clearLayers()
    const base = { renderer: this.renderer, interactive: false, pane: PANE }
    const styles = [
      { ...base, color: palette.body, weight: HALO_PX, opacity: 0.85, fill: false },
      { ...base, color: palette.accent, weight: LINE_PX, fill: false },
    ]
    if (what.ring.length > 1) {
      L.polygon(what.ring.map(spot), { ...base, stroke: false, fillColor: palette.accent, fillOpacity: 0.12 }).addTo(this.drawn)
      for (const style of styles) L.polygon(what.ring.map(spot), style).addTo(this.drawn)
    }
    if (what.line.length > 1) for (const style of styles) L.polyline(what.line.map(spot), style).addTo(this.drawn)
    const corner = { ...base, color: palette.accent, weight: 2, fillColor: palette.body, fillOpacity: 1 }
    for (const place of what.corners) L.circleMarker(spot(place), { ...corner, radius: CORNER_PX }).addTo(this.drawn)
    if (what.mark) {
      L.circleMarker(spot(what.mark), { ...corner, color: palette.body, fillColor: palette.accent, radius: MARK_PX }).addTo(this.drawn)
    }
    for (const label of what.labels) this.write(label)
  }

  private write({ at, text, isMain }: SketchLabel): void {
    const element = document.createElement('span')
    element.textContent = text
    const icon = L.divIcon({ className: isMain ? 'sketch-label main' : 'sketch-label', html: element, iconSize: [0, 0] })
    L.marker(spot(at), { icon, interactive: false, keyboard: false, pane: PANE }).addTo(this.drawn)
  }
}
