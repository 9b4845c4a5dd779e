/**
 * Dots of 100,000 points, written as pixels into one image and laid over the picture at once: a canvas call for each
 * would take seconds. Dots on one another do not blend; what is written later covers.
 */
const ALPHA_SHIFT = 24 // canvas pixels are read as little-endian words: alpha, blue, green, red from the top

interface Board {
  readonly canvas: OffscreenCanvas
  readonly image: ImageData
}

/** Kept from picture to picture: making 14 MB of empty pixels anew takes longer than wiping them. */
let kept: Board | null = null

function emptyBoard(width: number, height: number): Board {
  if (kept?.image.width === width && kept.image.height === height) kept.image.data.fill(0)
  else kept = { canvas: new OffscreenCanvas(width, height), image: new ImageData(width, height) }
  return kept
}

interface Stamp {
  readonly colour: string
  readonly halo: string
  readonly opacity: number
  readonly side: number
  /** Where its pixels lie from its upper left corner in the sheet, row after row; those of the soft edge after `solid`. */
  readonly places: Int32Array
  readonly pixels: Uint32Array
  readonly solid: number
}

export class DotSheet {
  private readonly board: Board
  private readonly pixels: Uint32Array
  private isEmpty = true
  private readonly stamps = new Map<string, Stamp>()
  private last: Stamp | null = null

  /** `ratio`: pixels of the screen to one of the page. All dots of a sheet are of one size. */
  constructor(
    private readonly widthPx: number, private readonly heightPx: number, private readonly ratio: number,
    private readonly radiusPx: number, private readonly haloPx: number,
  ) {
    this.board = emptyBoard(Math.round(widthPx * ratio), Math.round(heightPx * ratio))
    this.pixels = new Uint32Array(this.board.image.data.buffer)
  }

  add(x: number, y: number, colour: string, halo: string, opacity: number): void {
    const stamp = this.stamp(colour, halo, opacity)
    const { width, height } = this.board.image
    const left = Math.round(x * this.ratio - stamp.side / 2)
    const top = Math.round(y * this.ratio - stamp.side / 2)
    // One that the edge cuts is left out: the picture reaches beyond what can be seen.
    if (left < 0 || top < 0 || left + stamp.side > width || top + stamp.side > height) return
    const { places, pixels, solid } = stamp
    const { pixels: sheet } = this
    const corner = top * width + left
    this.isEmpty = false
    for (let at = 0; at < solid; at++) sheet[corner + (places[at] as number)] = pixels[at] as number
    for (let at = solid; at < places.length; at++) {
      const place = corner + (places[at] as number)
      const pixel = pixels[at] as number
      if (pixel >>> ALPHA_SHIFT > (sheet[place] as number) >>> ALPHA_SHIFT) sheet[place] = pixel // gives way to what is there
    }
  }

  /** Lay all dots over what `ctx` holds. */
  paint(ctx: OffscreenCanvasRenderingContext2D): void {
    if (this.isEmpty) return
    const { canvas, image } = this.board
    canvas.getContext('2d')?.putImageData(image, 0, 0)
    ctx.drawImage(canvas, 0, 0, this.widthPx, this.heightPx)
  }

  /** The dots of one grade follow one another: most need no more than a look at the last stamp. */
  private stamp(colour: string, halo: string, opacity: number): Stamp {
    const { last, radiusPx, haloPx } = this
    if (last && last.colour === colour && last.halo === halo && last.opacity === opacity) return last
    const key = `${colour} ${halo} ${opacity}`
    let stamp = this.stamps.get(key)
    if (!stamp) {
      const side = Math.ceil((radiusPx * 2 + haloPx) * this.ratio) + 1
      const square = discPixels(side, colour, halo, radiusPx * this.ratio, haloPx * this.ratio, opacity)
      this.stamps.set(key, stamp = { colour, halo, opacity, side, ...this.parted(square, side) })
    }
    this.last = stamp
    return stamp
  }

  /** The pixels of a square that are not empty: the solid ones, then those of the soft edge. */
  private parted(square: Uint32Array, side: number): Pick<Stamp, 'places' | 'pixels' | 'solid'> {
    const alpha = (at: number): number => (square[at] as number) >>> ALPHA_SHIFT
    const filled = [...square.keys()].filter((at) => alpha(at) > 0)
    const most = Math.max(...filled.map(alpha))
    const solid = filled.filter((at) => alpha(at) >= most)
    const order = [...solid, ...filled.filter((at) => alpha(at) < most)]
    const { width } = this.board.image
    return {
      places: Int32Array.from(order, (at) => Math.floor(at / side) * width + (at % side)),
      pixels: Uint32Array.from(order, (at) => square[at] as number),
      solid: solid.length,
    }
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
