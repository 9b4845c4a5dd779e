/** The key of a legend, drawn by the code that draws the map. */
import { classOf, type LayerInfo } from '@/state/model'
import { fillFor } from './hatch'
import { DARK, LIGHT } from './palette'
import { drawSymbol, lookOf } from './symbols'

const SIDE_PX = 28
const SYMBOL_PX = 22

const RATIO = 2
const drawn = new Map<string, string>()

/**
 * The address of a picture of SIDE_PX; the same look is drawn once. Pictures, not canvases: each canvas of a page costs
 * something with every frame while the map moves.
 * `isSwatch`: for lines and areas the stroke or fill of one class instead of the layer's symbol.
 */
export function keyPicture(layer: LayerInfo, value: string | null, isDark: boolean, isSwatch: boolean): string {
  const key = JSON.stringify([layer.name, layer.colour, lookOf(layer, value), isDark, isSwatch, layer.dash, layer.width, layer.fillOpacity])
  let known = drawn.get(key)
  if (known === undefined) drawn.set(key, known = draw(layer, value, isDark, isSwatch))
  return known
}

function draw(layer: LayerInfo, value: string | null, isDark: boolean, isSwatch: boolean): string {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIDE_PX * RATIO
  const ctx = canvas.getContext('2d')
  if (!ctx) return ''
  ctx.scale(RATIO, RATIO)
  const palette = isDark ? DARK : LIGHT
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
  return canvas.toDataURL()
}
