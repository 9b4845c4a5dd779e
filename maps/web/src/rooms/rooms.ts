/** The rooms of the console, in the order of the rail. A room is a board beside the map, or a page over it. */
import type { Component } from 'vue'
import { fetched } from './loading'
import type { Me } from '@/api/session'

export interface Room {
  /** Name of its route and of its words, `room.<name>`. */
  readonly name: string
  /** Path of its sign in a box of 24 by 24. */
  readonly sign: string
  /** Whether somebody can act in it; others do not see it on the rail. */
  readonly isFor: (me: Me) => boolean
  /** Stands in the panel beside the map in place of the layers. */
  readonly board?: Component
  /** The board is a table and takes the larger part of the screen. */
  readonly isWide?: boolean
  /** The board on paper; without one the map is printed. */
  readonly print?: Component
  /** The paper has the map too, and the board's own sheets after it. */
  readonly printsMap?: boolean
  /** The board takes some more width than the layers do. */
  readonly isBroad?: boolean
  /** Covers map and panels; the map stays behind it, so that coming back reads nothing again. */
  readonly page?: Component
}

const everybody = (): boolean => true

const MAP: Room = {
  name: 'map', isFor: everybody,
  sign: 'm3 6.500 6-2.500 6 2.500 6-2.500v13.500l-6 2.500-6-2.500-6 2.500ZM9 4v13.500M15 6.500V20',
}

export const ROOMS: readonly Room[] = [
  MAP,
  {
    name: 'analysis', isFor: everybody, board: fetched(() => import('./analysis/AnalysisRoom.vue')), isBroad: true,
    print: fetched(() => import('./analysis/AnalysisPrint.vue')), printsMap: true,
    sign: 'M4 20V4M4 20h16M8 16.500l3.500-5 3 2.500L20 7M17 7h3v3',
  },
  {
    name: 'township', isFor: everybody, board: fetched(() => import('./township/TownshipHome.vue')),
    sign: 'M4 20V10.500L12 4l8 6.500V20M9.500 20v-5.500h5V20M2.500 20h19',
  },
  {
    name: 'data', isFor: everybody, isWide: true, board: fetched(() => import('./data/DataRoom.vue')),
    print: fetched(() => import('./data/DataPrint.vue')),
    sign: 'M4 5h16v14H4ZM4 10h16M4 14.500h16M10 10v9',
  },
  {
    name: 'system', isFor: everybody, page: fetched(() => import('./system/SystemRoom.vue')),
    sign: 'M4 7h9M17 7h3M4 12h3M11 12h9M4 17h10M18 17h2M15 5v4M9 10v4M16 15v4',
  },
]

export const roomNamed = (name: unknown): Room => ROOMS.find((room) => room.name === name) ?? MAP
