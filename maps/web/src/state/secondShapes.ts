/** Second shapes (danger zone, way out, boundary) of the object being looked at: the map draws them dashed, with their names. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Shape } from '@/map/shapes'
import type { FieldInfo, Value } from './model'

export interface SecondShape {
  readonly field: FieldInfo
  readonly shape: Shape
}

export const secondShapes = (fields: readonly FieldInfo[], properties: Readonly<Record<string, Value>>): SecondShape[] =>
  fields.filter(({ name }) => name !== 'geom').flatMap((field): SecondShape[] => {
    const shape = properties[field.name] as unknown as Shape | null | undefined
    return shape?.coordinates ? [{ field, shape }] : []
  })

export const useSecondShapes = defineStore('second-shapes', () => ({ shown: shallowRef<readonly SecondShape[]>([]) }))
