/** Ties what is being edited to the map for as long as the map lives. */
import './handles.css'
import { watch } from 'vue'
import { useI18n } from 'vue-i18n'
import type { MapSurface } from '@/map/surface'
import { boundsOf } from '@/api/features'
import { isPoint } from '@/map/shapes'
import { useEditing } from '@/state/editing'
import { useEditTools } from '@/state/editTools'
import { useView } from '@/state/view'

/** Farther out than this a hand cannot place anything: the map goes nearer by itself. */
const WORK_ZOOM = 14

export function followEditing(surface: MapSurface): void {
  const { t, locale } = useI18n()
  const editing = useEditing()
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
  watch(() => editing.phase === 'opening', (isOpening) => {
    const shape = editing.now?.shape
    const box = boundsOf(shape?.coordinates)
    if (isOpening || !shape || !box || surface.at().zoom >= WORK_ZOOM) return
    if (isPoint(shape.type)) surface.flyTo(box[0], box[1], WORK_ZOOM)
    else surface.fit(box)
  })
  watch(() => [view.at, view.layers, tools.mode === 'off', tools.snaps], () => void tools.look(surface.bounds(), surface.at().zoom))
}
