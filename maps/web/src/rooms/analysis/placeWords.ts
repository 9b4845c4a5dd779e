/** What a place or feature in a form is called: found once, then known. */
import { shallowReactive } from 'vue'
import { feature } from '@/api/features'

const known = shallowReactive(new Map<string, string>())
const keyOf = (layer: string, id: string): string => `${layer}/${id}`

export const knowPlace = (layer: string, id: string, words: string): void => void known.set(keyOf(layer, id), words)

/** The name of a feature; its id until the name has been read. */
export function featureWords(layer: string, id: string): string {
  const key = keyOf(layer, id)
  const words = known.get(key)
  if (words !== undefined) return words
  known.set(key, id)
  void feature({ layer, id }).then(({ properties }) => {
    known.set(key, String(properties.name ?? properties.code ?? id))
  }).catch(() => undefined) // its id says which one it is; running it says what is wrong
  return id
}
