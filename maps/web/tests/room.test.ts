import { expect, it } from 'vitest'
import { Room } from '@/map/room'

it('gives a place once', () => {
  const room = new Room(100, 100)
  expect(room.take(10, 10, 20, 20)).toBe(true)
  expect(room.take(25, 25, 20, 20)).toBe(false)
  expect(room.take(40, 10, 20, 20)).toBe(true)
})

it('gives nothing that leaves the picture', () => {
  const room = new Room(100, 100)
  expect(room.take(-1, 10, 20, 20)).toBe(false)
  expect(room.take(90, 10, 20, 20)).toBe(false)
})

it('keeps a refused place free', () => {
  const room = new Room(100, 100)
  room.take(0, 0, 10, 10)
  room.take(8, 0, 40, 10)
  expect(room.take(20, 0, 10, 10)).toBe(true)
})
