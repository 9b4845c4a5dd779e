/** How a parameter is asked for, from its description alone: a new analysis brings its own form. */
import type { InputSchema, InputWords, ProcessInput } from '@/api/processes'

export type Kind =
  | 'place' | 'places' | 'shape' | 'area' | 'areas' | 'layer' | 'layers' | 'objects' | 'moment'
  | 'choice' | 'choices' | 'yesNo' | 'number' | 'numbers' | 'text' | 'texts' | 'part' | 'json'

export interface Asked {
  readonly name: string
  readonly kind: Kind
  readonly words: InputWords
  readonly schema: InputSchema
  readonly isNeeded: boolean
}

/** The schema of a value that may also be left out. */
const given = (schema: InputSchema): InputSchema => {
  const kept = schema.anyOf?.find((one) => one.type !== 'null')
  return kept ? { ...kept, ...('default' in schema ? { default: schema.default } : {}) } : schema
}
const takesFeatures = (schema: InputSchema): boolean => JSON.stringify(schema).includes('"layer"')

function kindOf(schema: InputSchema, pick: InputWords['pick'], hasLabels: boolean): Kind {
  switch (pick) {
    case 'place': case 'places': case 'objects': case 'moment': return pick
    case 'layer': case 'features': return schema.type === 'array' ? 'layers' : 'layer'
    case 'area': case 'areas':
      if (schema.type === 'array') return 'areas'
      return takesFeatures(schema) ? 'area' : 'shape'
    default:
  }
  if (schema.enum) return 'choice'
  if (schema.type === 'array') {
    if (schema.items?.type === 'number' || schema.items?.type === 'integer') return 'numbers'
    return schema.items?.enum || hasLabels ? 'choices' : 'texts'
  }
  if (schema.type === 'boolean') return 'yesNo'
  if (schema.type === 'number' || schema.type === 'integer') return 'number'
  if (schema.format === 'date-time') return 'moment'
  if (schema.type === 'object') return schema.properties ? 'part' : 'json'
  return 'text'
}

export function asked(name: string, input: ProcessInput): Asked {
  const schema = given(input.schema)
  const words = input['x-words']
  return { name, kind: kindOf(schema, words.pick, words.labels !== undefined), words, schema, isNeeded: input.minOccurs > 0 }
}

/** The parameters within a parameter. */
export function askedWithin(part: Asked): readonly Asked[] {
  return Object.entries(part.schema.properties ?? {}).map(([name, described]) =>
    asked(name, { minOccurs: 0, schema: described, 'x-words': described }))
}

/** What an inexperienced hand needs first; the rest folds away. */
export const isFirst = (one: Asked): boolean =>
  one.isNeeded || ['place', 'places', 'shape', 'area', 'areas', 'layer', 'choice'].includes(one.kind)
  || (one.kind === 'number' && one.schema.default !== undefined && one.schema.default !== null)
