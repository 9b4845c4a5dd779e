/** What an analysis was asked about, as far as it was pointed at or drawn: it is shown beside the answer. */
import type { Feature, FeatureCollection, Geometry } from 'geojson'

const KINDS: readonly string[] = ['Point', 'MultiPoint', 'LineString', 'MultiLineString', 'Polygon', 'MultiPolygon']

const isGeometry = (value: object): value is Geometry =>
  'type' in value && 'coordinates' in value && KINDS.includes(String(value.type))

/** Every shape among the inputs, in parts of them too. */
export function shapesIn(inputs: unknown): FeatureCollection<Geometry, Record<string, unknown>> {
  const found: Feature<Geometry, Record<string, unknown>>[] = []
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if (isGeometry(value)) found.push({ type: 'Feature', geometry: value, properties: {} })
    else Object.values(value).forEach(look)
  }
  look(inputs)
  return { type: 'FeatureCollection', features: found }
}
