/** Ties what is being edited to the map for as long as the map lives. */
import './handles.css'
import { watch } from 'vue'
import { useI18n } from 'vue-i18n'
import type { MapSurface } from '@/map/surface'
import { useEditTools } from '@/state/editTools'
import { useView } from '@/state/view'

export function followEditing(surface: MapSurface): void {
  const { t, locale } = useI18n()
  const tools = useEditTools()
  const view = useView()

  const speak = (): void => surface.shapes.listen({
    reshaped: tools.reshape,
    selected: (path) => {
      tools.selected = path
    },
    sketched: (places) => {
      tools.trouble = null
      tools.sketch = places
    },
    finished: () => void tools.finishSketch(),
    picked: (ref) => void tools.pick(ref),
    refused: () => {
      tools.trouble = 'fewest'
    },
  }, { vertex: t('edit.vertexHandle'), midpoint: t('edit.midpointHandle'), point: t('edit.pointHandle') })

  watch(locale, speak, { immediate: true })
  watch(() => tools.picture, (picture) => surface.shapes.set(picture), { immediate: true })
  watch(() => [view.at, view.layers, tools.mode === 'off', tools.snaps], () => void tools.look(surface.bounds(), surface.at().zoom))
}
