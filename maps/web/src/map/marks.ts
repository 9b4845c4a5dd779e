/** Draws state/marks.ts over the picture. */
import L from 'leaflet'
import type { Marks } from '@/state/marks'
import type { Palette } from './palette'

const FORMER_DASH = '7 6'
const CIRCLE_DASH = '2 7'
const HALO_PX = 6
const LINE_PX = 2.5

export function drawnMarks(marks: Marks, palette: Palette): L.LayerGroup {
  const group = L.layerGroup()
  const halo = { color: palette.paper, weight: HALO_PX, opacity: 0.9, fill: false, interactive: false }
  const line = { color: palette.ink, weight: LINE_PX, fill: false, interactive: false }
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
