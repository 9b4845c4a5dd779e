/** How a parameter is asked for, from its description alone: a new analysis brings its own form. */
import type { InputSchema, InputWords, ProcessInput } from '@/api/processes'

export type Kind =
  | 'place' | 'places' | 'shape' | 'area' | 'areas' | 'layer' | 'layers' | 'objects' | 'moment'
  | 'choice' | 'choices' | 'yesNo' | 'number' | 'numbers' | 'text' | 'texts' | 'part' | 'parts' | 'amounts' | 'byLayer' | 'json'

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

function kindOf(schema: InputSchema, { pick, labels, codes_of: column }: InputWords): Kind {
  const hasWords = labels !== undefined || column !== undefined
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
    if (schema.items?.type === 'object') return 'parts'
    return schema.items?.enum || hasWords ? 'choices' : 'texts'
  }
  if (schema.type === 'boolean') return 'yesNo'
  if (schema.type === 'number' || schema.type === 'integer') return 'number'
  if (schema.format === 'date-time') return 'moment'
  if (schema.type === 'object') {
    if (schema.properties) return 'part'
    const of = typeof schema.additionalProperties === 'object' ? schema.additionalProperties.type : undefined
    return of === 'number' ? 'amounts' : of === 'string' ? 'byLayer' : 'json'
  }
  return hasWords ? 'choice' : 'text'
}

export function asked(name: string, input: ProcessInput): Asked {
  const schema = given(input.schema)
  const words = input['x-words']
  return { name, kind: kindOf(schema, words), words, schema, isNeeded: input.minOccurs > 0 || words.needed === true }
}

/** The parameters within a parameter. */
export function askedWithin(part: Asked): readonly Asked[] {
  const { properties = {}, required = [] } = part.kind === 'parts' ? (part.schema.items ?? {}) : part.schema
  return Object.entries(properties).map(([name, described]) =>
    asked(name, { minOccurs: required.includes(name) ? 1 : 0, schema: described, 'x-words': described }))
}

const PLACES: readonly Kind[] = ['place', 'places', 'shape', 'area', 'areas', 'layer', 'parts']

/** The order in which people fill a form: what is needed, where, then how. */
export const inOrder = (all: readonly Asked[]): readonly Asked[] => {
  const rank = (one: Asked): number => ((one.isNeeded && !one.words.when) || one.words.first ? 0 : PLACES.includes(one.kind) ? 1 : 2)
  return [...all].sort((one, other) => rank(one) - rank(other))
}

/** What an inexperienced hand needs first; the rest folds away. */
export const isFirst = (one: Asked): boolean =>
  one.isNeeded || one.words.first === true || ['place', 'places', 'shape', 'area', 'areas', 'layer', 'choice'].includes(one.kind)
  || (one.kind === 'number' && one.schema.default !== undefined && one.schema.default !== null)
