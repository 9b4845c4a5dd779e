/** Colours of the base map and of what is drawn on it, in a light and a dark room. Neutral: danger has the colours. */
export interface Palette {
  readonly paper: string
  readonly ink: string
  readonly inkSoft: string
  readonly halo: string
  readonly body: string
  /** Hairline around symbols: a yellow ring must not vanish on paper, nor a navy one in the dark. */
  readonly edge: string
  readonly accent: string
  readonly water: string
  readonly waterInk: string
  readonly roadCase: string
  readonly road: string
  readonly roadMinor: string
  readonly border: string
  readonly borderSoft: string
  readonly borderBand: string
  readonly contour: string
  readonly contourInk: string
}

export const LIGHT: Palette = {
  paper: '#f1f2ed',
  ink: '#1d2628',
  inkSoft: '#4a5657',
  halo: 'rgba(255,255,255,0.88)',
  body: '#ffffff',
  edge: 'rgba(29,38,40,0.5)',
  accent: '#0f6b78',
  water: '#7fb2cf',
  waterInk: '#2f6a8c',
  roadCase: '#9a9486',
  road: '#fffdf6',
  roadMinor: '#b9b3a4',
  border: '#5d5a68',
  borderSoft: '#8b8894',
  borderBand: 'rgba(93,90,104,0.14)',
  contour: 'rgba(126,88,44,0.78)',
  contourInk: '#6f5028',
}

export const DARK: Palette = {
  paper: '#161d1f',
  ink: '#e6ecec',
  inkSoft: '#a9b8b9',
  halo: 'rgba(16,22,24,0.9)',
  body: '#20292c',
  edge: 'rgba(230,236,236,0.55)',
  accent: '#7fd0d8',
  water: '#2f617c',
  waterInk: '#86b9d6',
  roadCase: '#12181a',
  road: '#6d7676',
  roadMinor: '#4a5354',
  border: '#9c98ab',
  borderSoft: '#6a6875',
  borderBand: 'rgba(156,152,171,0.10)',
  contour: 'rgba(206,168,116,0.55)',
  contourInk: '#d3b184',
}

export const FONT = '"Noto Sans CJK SC","Noto Sans SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif'

/** Relative luminance of #rrggbb (WCAG 2.2). */
export function luminance(colour: string): number {
  const channel = (at: number): number => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

export const contrast = (a: string, b: string): number => {
  const [light, dark] = [Math.max(luminance(a), luminance(b)), Math.min(luminance(a), luminance(b))]
  return (light + 0.05) / (dark + 0.05)
}

/** Black or white, whichever reads better on `colour`. */
export const inkOn = (colour: string): string =>
  contrast(colour, '#ffffff') >= contrast(colour, '#15191a') ? '#ffffff' : '#15191a'
