/** The key of each tool; `?` lists them. */
import type { TOOLS } from '@/state/tools'

type Tool = (typeof TOOLS)[number]

export const TOOL_KEYS: Readonly<Record<Tool, string>> = {
  length: 'l', area: 'a', profile: 'p', box: 'b', circle: 'o', polygon: 'g', township: 't',
}
export const BASE_KEY = 'm'

/** Lines of the tools' signs, on a square of 20. */
export const TOOL_SIGNS: Readonly<Record<Tool | 'base' | 'any', string>> = {
  any: 'M3.500 16.500l1-4L13 4l3 3-8.500 8.500ZM11 6l3 3M10 16.500h6.500',
  length: 'M3 14 14 3l3 3L6 17ZM6.500 11l1.500 1.500M9.500 8l1.500 1.500M12.500 5 14 6.500',
  area: 'M4 6 12 3.500 17 9 13.500 16.500 5 14.500ZM7.500 12l5-5M9.500 14l5-5',
  profile: 'M2.500 16.500 7 8l3.500 4.500L13.500 6l4 10.500Z',
  box: 'M4 4h3M9 4h2M13 4h3v3M16 9v2M16 13v3h-3M11 16H9M7 16H4v-3M4 11V9M4 7V4',
  circle: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM10 10h6.500',
  polygon: 'M5 5l9-1.500 3 8-6.500 5.500L3 12Z',
  township: 'M10 17.500s5-4.700 5-8.700a5 5 0 0 0-10 0c0 4 5 8.700 5 8.700ZM10 7.200v3.400M8.300 8.900h3.400',
  base: 'm3 7 7-3.500L17 7l-7 3.500ZM3 10.500 10 14l7-3.500M3 14l7 3.500 7-3.500',
}
