/** How large a shape is, in words. */
import { lengthM } from '@/map/geodesy'
import { isArea, isPoint, shapeAreaM2, strands, type Shape } from '@/map/shapes'
import type { Locale } from '@/state/model'
import { number } from '@/state/words'

const M2_PER_MU = 2000 / 3
type Said = (key: string, facts: Record<string, unknown>) => string

export function shapeSize(shape: Shape, t: Said, locale: Locale): string {
  if (isPoint(shape.type)) return (shape.coordinates as number[]).slice(0, 2).map((degrees) => degrees.toFixed(6)).join(', ')
  if (!isArea(shape.type)) return t('edit.lengthOf', { n: number(Math.round(strands(shape).reduce((sum, { line }) => sum + lengthM(line), 0)), locale) })
  const m2 = shapeAreaM2(shape)
  return t('edit.areaOf', { n: number(Math.round(m2), locale), mu: number(Math.round(m2 / M2_PER_MU), locale) })
}
