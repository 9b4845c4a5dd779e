/** The key of a legend, drawn by the code that draws the map. */
import { classOf, type LayerInfo } from '@/state/model'
import { fillFor } from './hatch'
import { DARK, LIGHT } from './palette'
import { drawSymbol, lookOf } from './symbols'

const SIDE_PX = 28
const SYMBOL_PX = 22

/** `isSwatch`: for lines and areas show the stroke or fill of one class instead of the layer's symbol. */
export function drawKey(
  canvas: HTMLCanvasElement, layer: LayerInfo, value: string | null, isDark: boolean, isSwatch: boolean,
): void {
  const ctx = canvas.getContext('2d')
  if (!ctx) return
  const palette = isDark ? DARK : LIGHT
  ctx.setTransform(canvas.width / SIDE_PX, 0, 0, canvas.height / SIDE_PX, 0, 0)
  ctx.clearRect(0, 0, SIDE_PX, SIDE_PX)
  const look = lookOf(layer, value)
  if (!isSwatch || layer.geometry === 'Point') {
    ctx.translate(SIDE_PX / 2, SIDE_PX / 2)
    drawSymbol(ctx, look, palette, SYMBOL_PX)
  } else if (layer.geometry.endsWith('LineString')) {
    ctx.strokeStyle = look.colour
    ctx.lineWidth = look.filled ? layer.width * 1.6 : layer.width
    ctx.beginPath()
    ctx.moveTo(4, 19)
    ctx.bezierCurveTo(11, 4, 16, 24, 24, 9)
    ctx.setLineDash([...layer.dash])
    ctx.stroke()
    ctx.setLineDash([])
  } else {
    ctx.beginPath()
    ctx.roundRect(4, 6, 20, 16, 3)
    ctx.fillStyle = fillFor(ctx, look.colour, classOf(layer, value)?.rank ?? null, layer.fillOpacity)
    ctx.fill()
    ctx.strokeStyle = look.colour
    ctx.lineWidth = 1.6
    ctx.stroke()
  }
}
