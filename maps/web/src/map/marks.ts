/** Draws state/marks.ts over the picture. */
import L from 'leaflet'
import type { Marks, Shape } from '@/state/marks'
import type { Palette } from './palette'

const FORMER_DASH = '7 6'
const CIRCLE_DASH = '2 7'
const HALO_PX = 6
const LINE_PX = 2.5

const VEIL = 0.62
/** Beyond what any county's map shows; a veil over the whole world would wrap at the date line. */
const AROUND: L.LatLngTuple[] = [[84, -179], [84, 179], [-84, 179], [-84, -179]]

type Ring = readonly (readonly [number, number])[]

const turned = (ring: Ring): L.LatLngTuple[] => ring.map(([lon, lat]) => [lat, lon])
function outersOf(area: Shape): L.LatLngTuple[][] {
  const nested = area.coordinates as Ring[] | Ring[][]
  if (area.type === 'Polygon') return (nested as Ring[]).slice(0, 1).map(turned)
  return area.type === 'MultiPolygon' ? (nested as Ring[][]).flatMap((polygon) => polygon.slice(0, 1).map(turned)) : []
}

/** Everything but the area under a veil, so that the area alone is bright. */
function veiled(area: Shape, palette: Palette): L.LayerGroup {
  const outers = outersOf(area)
  return L.layerGroup([
    L.polygon([AROUND, ...outers], { stroke: false, fillColor: palette.paper, fillOpacity: VEIL, interactive: false }),
    L.polygon(outers.map((outer) => [outer]), { color: palette.ink, weight: LINE_PX, fill: false, interactive: false }),
  ])
}

export function drawnMarks(marks: Marks, palette: Palette): L.LayerGroup {
  const group = L.layerGroup()
  const halo = { color: palette.paper, weight: HALO_PX, opacity: 0.9, fill: false, interactive: false }
  const line = { color: palette.ink, weight: LINE_PX, fill: false, interactive: false }
  if (marks.area) veiled(marks.area, palette).addTo(group)
  if (marks.former) {
    for (const style of [halo, { ...line, dashArray: FORMER_DASH }]) {
      L.geoJSON(marks.former as GeoJSON.GeometryObject, {
        style, interactive: false, pointToLayer: (_feature, at) => L.circleMarker(at, { ...style, radius: 13 }),
      }).addTo(group)
    }
  }
  if (marks.circle) {
    const { lon, lat, radiusM } = marks.circle
    for (const style of [halo, { ...line, dashArray: CIRCLE_DASH }]) L.circle([lat, lon], { ...style, radius: radiusM }).addTo(group)
  }
  if (marks.spot) {
    const { lon, lat, words } = marks.spot
    for (const style of [halo, line]) L.circleMarker([lat, lon], { ...style, radius: 11 }).addTo(group)
    L.circleMarker([lat, lon], { ...line, fill: true, fillOpacity: 1, fillColor: palette.ink, radius: 3 }).addTo(group)
    L.tooltip({ permanent: true, direction: 'top', offset: [0, -12], className: 'spot-words' })
      .setLatLng([lat, lon]).setContent(document.createTextNode(words) as unknown as HTMLElement).addTo(group)
  }
  return group
}
