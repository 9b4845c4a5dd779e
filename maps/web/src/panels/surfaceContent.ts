/** What a map is to show, from everything that was chosen: the same for the one map and for two beside each other. */
import type { SurfaceContent } from '@/map/surface'
import { useCatalogue } from '@/state/catalogue'
import { sorted, useMapLook } from '@/state/mapLook'
import { useMapRows } from '@/state/mapRows'
import { useSettings } from '@/state/settings'
import { useView } from '@/state/view'
import { surfaceLook } from './tools/surfaceLook'

/** A function of the moment (null: now) that reads the stores, so that a watch on it follows every choice. */
export function useSurfaceContent(): (asOf: string | null) => SurfaceContent {
  const catalogue = useCatalogue()
  const look = useMapLook()
  const mapRows = useMapRows()
  const settings = useSettings()
  const view = useView()
  return (asOf) => {
    const chosen = surfaceLook(look, catalogue.countyOf(view.county))
    const isForeign = look.base === 'vector' || look.base === 'imagery'
    return {
      known: catalogue.byName,
      layers: sorted(catalogue.layers.filter((layer) => view.layers.has(layer.name)), look.order),
      chosen: view.chosen,
      showBase: look.showsBase || (isForeign && (chosen.tianditu === null || look.foreignFails)),
      isDark: look.isDark(settings.isDark, settings.isPrinting),
      look: chosen,
      asOf,
      instead: mapRows.instead,
      ringed: mapRows.ringed,
    }
  }
}
