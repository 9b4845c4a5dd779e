import { beforeEach, expect, it, vi } from 'vitest'
import { vectorTile } from '@/api/tiles'

const asked: { path: string; signal: AbortSignal }[] = []
let answer: (path: string) => Promise<Response>

vi.mock('@/api/client', () => ({
  get: (path: string, { signal }: { signal: AbortSignal }) => {
    asked.push({ path, signal })
    return answer(path)
  },
}))

const SPOT = { z: 10, x: 827, y: 400, asOf: null }
const tileOf = (layer: string, signal = new AbortController().signal, more = {}): Promise<ArrayBuffer | null> =>
  vectorTile({ layer, ...SPOT, ...more }, signal)
const bytes = (text: string): Promise<Response> => Promise.resolve(new Response(text, { headers: { 'Content-Type': 'application/vnd.mapbox-vector-tile' } }))
const paths = (): string[] => asked.map((one) => one.path)

beforeEach(() => {
  asked.length = 0
  answer = () => bytes('tile')
})

it('asks what is wanted of one spot in one turn as one request, whatever the order', async () => {
  const found = await Promise.all([tileOf('shelters'), tileOf('mines'), tileOf('roads')])
  expect(paths()).toEqual(['/ogc/tiles/WebMercatorQuad/10/400/827?collections=mines,roads,shelters'])
  expect(new Set(found).size).toBe(1)
})

it('asks a layer alone at its own address, so that it is found in the cache', async () => {
  await tileOf('mines')
  expect(paths()).toEqual(['/ogc/collections/mines/tiles/WebMercatorQuad/10/400/827'])
})

it('does not mix moments', async () => {
  await Promise.all([tileOf('mines'), tileOf('roads', undefined, { asOf: '2026-07-01T03:00:00+08:00' })])
  expect(paths().sort()).toEqual([
    '/ogc/collections/mines/tiles/WebMercatorQuad/10/400/827', '/ogc/collections/roads/tiles/WebMercatorQuad/10/400/827?as_of=2026-07-01T03%3A00%3A00%2B08%3A00',
  ])
})

it('asks each layer by itself when the common tile fails: one that cannot be read does not take the others along', async () => {
  answer = (path) => (path.includes('collections=') || path.includes('/roads/') ? Promise.reject(new Error('500')) : bytes('mines'))
  const [mines, roads] = await Promise.allSettled([tileOf('mines'), tileOf('roads')])
  expect(mines.status).toBe('fulfilled')
  expect(roads.status).toBe('rejected')
  expect(paths()).toHaveLength(3)
})

it('stops the common request once nobody wants it any more, and not before', async () => {
  answer = () => new Promise(() => {})
  const [one, other] = [new AbortController(), new AbortController()]
  void tileOf('mines', one.signal)
  void tileOf('roads', other.signal)
  await Promise.resolve()
  await Promise.resolve()
  one.abort()
  expect(asked[0]?.signal.aborted).toBe(false)
  other.abort()
  expect(asked[0]?.signal.aborted).toBe(true)
})
