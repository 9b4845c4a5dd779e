/**
 * Dots of 100,000 points, written as pixels into one image and laid over the picture at once: a canvas call for each
 * would take seconds. Dots on one another do not blend; what is written later covers.
 */
const OPAQUE = 255
const ALPHA_SHIFT = 24 // canvas pixels are read as little-endian words: alpha, blue, green, red from the top

interface Stamp {
  readonly colour: string
  readonly halo: string
  readonly opacity: number
  readonly side: number
  readonly pixels: Uint32Array
}

export class DotSheet {
  private image: ImageData | null = null
  private pixels = new Uint32Array(0)
  private readonly stamps = new Map<string, Stamp>()
  private last: Stamp | null = null

  /** `ratio`: pixels of the screen to one of the page. All dots of a sheet are of one size. */
  constructor(
    private readonly widthPx: number, private readonly heightPx: number, private readonly ratio: number,
    private readonly radiusPx: number, private readonly haloPx: number,
  ) {}

  add(x: number, y: number, colour: string, halo: string, opacity: number): void {
    const stamp = this.stamp(colour, halo, opacity)
    const target = this.target()
    const most = Math.round(opacity * OPAQUE)
    const left = Math.round(x * this.ratio - stamp.side / 2)
    const top = Math.round(y * this.ratio - stamp.side / 2)
    for (let row = 0; row < stamp.side; row++) {
      if (top + row < 0 || top + row >= target.height) continue
      const from = (top + row) * target.width
      for (let column = 0; column < stamp.side; column++) {
        const at = left + column
        if (at < 0 || at >= target.width) continue
        const pixel = stamp.pixels[row * stamp.side + column] as number
        const alpha = pixel >>> ALPHA_SHIFT
        // The soft edge of a dot gives way to what is there.
        if (alpha >= most || alpha > (this.pixels[from + at] as number) >>> ALPHA_SHIFT) this.pixels[from + at] = pixel
      }
    }
  }

  /** Lay all dots over what `ctx` holds. */
  paint(ctx: CanvasRenderingContext2D): void {
    if (!this.image) return
    const canvas = new OffscreenCanvas(this.image.width, this.image.height)
    canvas.getContext('2d')?.putImageData(this.image, 0, 0)
    ctx.drawImage(canvas, 0, 0, this.widthPx, this.heightPx)
  }

  private target(): ImageData {
    if (!this.image) {
      this.image = new ImageData(Math.round(this.widthPx * this.ratio), Math.round(this.heightPx * this.ratio))
      this.pixels = new Uint32Array(this.image.data.buffer)
    }
    return this.image
  }

  /** The dots of one grade follow one another: most need no more than a look at the last stamp. */
  private stamp(colour: string, halo: string, opacity: number): Stamp {
    const { last, radiusPx, haloPx } = this
    if (last && last.colour === colour && last.halo === halo && last.opacity === opacity) return last
    const key = `${colour} ${halo} ${opacity}`
    let stamp = this.stamps.get(key)
    if (!stamp) {
      const side = Math.ceil((radiusPx * 2 + haloPx) * this.ratio) + 1
      const pixels = discPixels(side, colour, halo, radiusPx * this.ratio, haloPx * this.ratio, opacity)
      this.stamps.set(key, stamp = { colour, halo, opacity, side, pixels })
    }
    this.last = stamp
    return stamp
  }
}

function discPixels(side: number, colour: string, halo: string, radius: number, haloWidth: number, opacity: number): Uint32Array {
  const ctx = new OffscreenCanvas(side, side).getContext('2d')
  if (!ctx) return new Uint32Array(side * side)
  ctx.globalAlpha = opacity
  for (const [reach, fill] of [[radius + haloWidth / 2, halo], [radius - haloWidth / 2, colour]] as const) {
    ctx.globalCompositeOperation = reach > radius ? 'source-over' : 'source-atop'
    ctx.beginPath()
    ctx.arc(side / 2, side / 2, reach, 0, Math.PI * 2)
    ctx.fillStyle = fill
    ctx.fill()
  }
  return new Uint32Array(ctx.getImageData(0, 0, side, side).data.buffer)
}
