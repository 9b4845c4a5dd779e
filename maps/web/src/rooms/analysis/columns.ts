/** Which columns of a list a person reads. */
import type { Column, Listing } from '@/api/processes'

/** They link a row to its feature: the row opens it. */
const LINKS: ReadonlySet<string> = new Set(['layer', 'id'])

export function columnsOf(list: Listing): readonly Column[] {
  const isLinked = list.features.features.some(({ properties }) => properties.layer && properties.id)
  return list.columns.filter(({ name }) => !(isLinked && LINKS.has(name)))
}
