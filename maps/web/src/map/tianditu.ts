/** Tiles of 天地图 (National Platform for Common Geospatial Information), in Web Mercator, with their names over them. */
import L from 'leaflet'

export type TiandituKind = 'vector' | 'imagery'

/** Picture and names of each kind, as the service calls them. */
const SETS: Readonly<Record<TiandituKind, readonly [string, string]>> = { vector: ['vec', 'cva'], imagery: ['img', 'cia'] }
const SERVERS = ['0', '1', '2', '3', '4', '5', '6', '7']
const MOST_NATIVE_ZOOM = 18

/**
 * Picture and names in a pane of their own. `answers` hears whether the service answers: no with the first tile that fails
 * before any came, yes with the first that comes. Tianditu knows a key's owner by the page the request comes from, so the
 * page's host is told to it, and no more.
 */
export function tiandituLayers(kind: TiandituKind, key: string, pane: string, answers: (isAnswering: boolean) => void): L.LayerGroup {
  let known: boolean | null = null
  const heard = (isAnswering: boolean): void => {
    if (known === isAnswering || (known === true && !isAnswering)) return
    known = isAnswering
    answers(isAnswering)
  }
  return L.layerGroup(SETS[kind].map((set) => L.tileLayer(
    `https://t{s}.tianditu.gov.cn/${set}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=${set}&STYLE=default`
    + `&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=${encodeURIComponent(key)}`,
    { pane, subdomains: SERVERS, maxNativeZoom: MOST_NATIVE_ZOOM, maxZoom: MOST_NATIVE_ZOOM, referrerPolicy: 'origin' },
  ).on('tileload', () => heard(true)).on('tileerror', () => heard(false))))
}
