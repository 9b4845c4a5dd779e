/** Which columns of a list a person reads, and what a cell says. */
import type { Column, Listing } from '@/api/processes'

/** They link a row to its feature: the row opens it. */
const LINKS: ReadonlySet<string> = new Set(['layer', 'id'])

/** Words in two languages stand in `why` and `why_en`: the reader's are kept. */
export function columnsOf(list: Listing, lang: 'zh' | 'en'): readonly Column[] {
  const names = new Set(list.columns.map((column) => column.name))
  return list.columns.filter(({ name }) => {
    if (name === 'layer_name' && names.has('layer')) return false // the console knows the layers' names in both languages
    if (LINKS.has(name) && names.has('layer') && names.has('id')) return false
    return lang === 'zh' ? !(name.endsWith('_en') && names.has(name.slice(0, -3))) : !names.has(`${name}_en`)
  })
}
