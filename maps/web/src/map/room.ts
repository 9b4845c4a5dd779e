/** Which parts of the picture are taken: a bitmap of small cells, so that 100,000 questions cost milliseconds. */
const CELL_PX = 4

export class Room {
  private readonly columns: number
  private readonly rows: number
  private readonly taken: Uint8Array

  constructor(widthPx: number, heightPx: number) {
    this.columns = Math.ceil(widthPx / CELL_PX)
    this.rows = Math.ceil(heightPx / CELL_PX)
    this.taken = new Uint8Array(this.columns * this.rows)
  }

  /** Take the rectangle if all of it is free; says whether it did. A rectangle off the picture is never free. */
  take(left: number, top: number, width: number, height: number): boolean {
    const c0 = Math.floor(left / CELL_PX)
    const r0 = Math.floor(top / CELL_PX)
    const c1 = Math.floor((left + width) / CELL_PX)
    const r1 = Math.floor((top + height) / CELL_PX)
    if (c0 < 0 || r0 < 0 || c1 >= this.columns || r1 >= this.rows) return false
    for (let row = r0; row <= r1; row++) {
      for (let column = c0; column <= c1; column++) if (this.taken[row * this.columns + column]) return false
    }
    for (let row = r0; row <= r1; row++) this.taken.fill(1, row * this.columns + c0, row * this.columns + c1 + 1)
    return true
  }
}
