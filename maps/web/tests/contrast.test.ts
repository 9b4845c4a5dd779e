import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contrast, DARK, inkOn, LIGHT } from '@/map/palette'

const css = readFileSync(new URL('../src/style/tokens.css', import.meta.url), 'utf8')
const [light, dark] = css.split('html.dark')
const tokens = (part: string | undefined): Record<string, string> =>
  Object.fromEntries([...(part ?? '').matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1], match[2]]))

/** WCAG 2.2, 1.4.3: 4.5 for text. */
const AA = 4.5
const TEXT = [
  ['ink', 'surface'], ['ink', 'surface-2'], ['ink', 'ground'], ['ink-2', 'surface'], ['ink-2', 'surface-2'], ['ink-2', 'ground'],
  ['accent', 'surface'], ['accent', 'accent-soft'], ['on-accent', 'accent'], ['ok', 'surface'], ['off', 'off-soft'],
  ['fault', 'surface'], ['drill', 'drill-soft'],
] as const

describe.each([['light', tokens(light)], ['dark', { ...tokens(light), ...tokens(dark) }]] as const)('%s', (_theme, colours) => {
  it.each(TEXT)('%s reads on %s', (ink, ground) => {
    expect(contrast(colours[ink] as string, colours[ground] as string)).toBeGreaterThanOrEqual(AA)
  })
})

it.each([LIGHT, DARK])('names of the map read on its paper', (palette) => {
  for (const ink of [palette.ink, palette.inkSoft, palette.waterInk]) {
    expect(contrast(ink, palette.paper)).toBeGreaterThanOrEqual(AA)
  }
})

it.each(['#E60012', '#F39800', '#FFD800', '#0068B7'])('a character reads on a symbol filled with %s', (colour) => {
  expect(contrast(inkOn(colour), colour)).toBeGreaterThanOrEqual(AA)
})
