import { expect, it, vi } from 'vitest'
import { tilesIn } from '@/map/mercator'
import { TileStore, type Fetch } from '@/map/tiles'
import { tileBytes } from './builders'

const WORLD = { west: 0.1, north: 0.1, east: 0.9, south: 0.9 }
const mines = { name: 'mines', by: null, version: 1, extent: null }
const bytes = (): ArrayBuffer => tileBytes('mines', [{ type: 1, parts: [[[10, 10]]], properties: { id: 1 } }])
const settled = (): Promise<void> => new Promise((done) => setTimeout(done))

it('asks for the tiles of the middle first', () => {
  const spots = tilesIn({ west: 0.3, north: 0.3, east: 0.7, south: 0.7 }, 3)
  expect(spots).toHaveLength(16)
  expect(spots.slice(0, 4).every((spot) => [3, 4].includes(spot.x) && [3, 4].includes(spot.y))).toBe(true)
})

it('asks once, and again for a new version', async () => {
  const fetch = vi.fn<Fetch>(() => Promise.resolve(bytes()))
  const store = new TileStore(fetch, () => {})
  store.want([mines], WORLD, 2)
  store.want([mines], WORLD, 2)
  await settled()
  expect(fetch).toHaveBeenCalledTimes(4)
  store.want([{ ...mines, version: 2 }], WORLD, 2)
  expect(fetch).toHaveBeenCalledTimes(8)
})

it('asks for nothing outside the layer', () => {
  const fetch = vi.fn<Fetch>(() => Promise.resolve(null))
  new TileStore(fetch, () => {}).want([{ ...mines, extent: { west: 0.6, north: 0.6, east: 0.7, south: 0.7 } }], WORLD, 2)
  expect(fetch.mock.calls.map((call) => call[1])).toEqual([{ z: 1, x: 1, y: 1 }])
})

it('keeps the last picture until a new zoom is complete', async () => {
  let answer: (bytes: ArrayBuffer) => void = () => {}
  const fetch: Fetch = (_layer, spot) => (spot.z === 1 || spot.x !== 1 || spot.y !== 1
    ? Promise.resolve(bytes()) : new Promise((done) => { answer = done }))
  const store = new TileStore(fetch, () => {})
  store.want([mines], WORLD, 2)
  await settled()
  expect(store.shown('mines').map((tile) => tile.spot.z)).toEqual([1, 1, 1, 1])
  store.want([mines], WORLD, 3)
  await settled()
  expect(store.shown('mines').every((tile) => tile.spot.z === 1)).toBe(true)
  answer(bytes())
  await settled()
  expect(store.shown('mines')).toHaveLength(16)
  expect(store.waiting).toBe(0)
})

it('stops what is no longer wanted', () => {
  const signals: AbortSignal[] = []
  const store = new TileStore((_layer, _spot, signal) => {
    signals.push(signal)
    return new Promise(() => {})
  }, () => {})
  store.want([mines], WORLD, 2)
  store.want([], WORLD, 2)
  expect(signals.every((signal) => signal.aborted)).toBe(true)
  expect(store.waiting).toBe(0)
})

it('names the layers that could not be read, and asks again', async () => {
  const fetch = vi.fn<Fetch>(() => Promise.reject(new Error('away')))
  const store = new TileStore(fetch, () => {})
  store.want([mines], WORLD, 2)
  await settled()
  expect(store.failed).toEqual(['mines'])
  fetch.mockImplementation(() => Promise.resolve(null))
  store.want([mines], WORLD, 2)
  await settled()
  expect(store.failed).toEqual([])
})

it('takes a tile that cannot be read as one that did not come', async () => {
  const page = new TextEncoder().encode('<html>away</html>').buffer as ArrayBuffer
  const store = new TileStore(() => Promise.resolve(page), () => {})
  store.want([mines], WORLD, 2)
  await settled()
  expect([store.failed, store.waiting]).toEqual([['mines'], 0])
})
