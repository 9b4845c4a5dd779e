/** The look a person chose, as the map takes it. */
import { metricGrid } from '@/map/coordinates'
import type { SurfaceLook } from '@/map/surface'
import type { useMapLook } from '@/state/mapLook'
import type { County } from '@/state/model'

export function surfaceLook(look: ReturnType<typeof useMapLook>, county: County | null): SurfaceLook {
  const { base } = look
  const key = county?.tiandituKey ?? null
  return {
    opacity: look.opacity,
    showContours: base === 'terrain' && county?.hasDem === true,
    grid: look.showsGrid && county?.metricEpsg ? metricGrid(county.metricEpsg) : null,
    tianditu: key && (base === 'vector' || base === 'imagery') ? { kind: base, key } : null,
  }
}
