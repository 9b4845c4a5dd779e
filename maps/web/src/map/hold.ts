/**
 * A finger held still on the map asks what is here, as a right click does. iOS fires no `contextmenu` for it, Android does so after
 * about half a second, Windows when the finger is lifted: whichever comes first counts, once.
 */
const HELD_MS = 600
const STILL_PX = 10
/** What takes a finger for itself. */
const OTHERS = '.leaflet-marker-icon, .leaflet-popup, .leaflet-control'

export class Hold {
  private timer: number | undefined
  private at: { readonly x: number; readonly y: number } | null = null
  /** This touch has asked already: neither its click nor its `contextmenu` asks again. */
  private hasAsked = false

  /** `held`: a finger was held; false where a tool has the map, and then the finger's click is the tool's as ever. */
  constructor(private readonly container: HTMLElement, private readonly held: (event: Touch) => boolean) {
    container.addEventListener('touchstart', this.start, { passive: true })
    container.addEventListener('touchmove', this.move, { passive: true })
    container.addEventListener('touchend', this.end, { passive: false })
    container.addEventListener('touchcancel', this.leave, { passive: true })
    container.addEventListener('pointerdown', this.point)
  }

  /** Whether a `contextmenu` counts: not when the same finger has asked already. It ends the waiting. */
  takes(): boolean {
    this.leave()
    return !this.hasAsked
  }

  destroy(): void {
    this.leave()
    this.container.removeEventListener('touchstart', this.start)
    this.container.removeEventListener('touchmove', this.move)
    this.container.removeEventListener('touchend', this.end)
    this.container.removeEventListener('touchcancel', this.leave)
    this.container.removeEventListener('pointerdown', this.point)
  }

  private readonly start = (event: TouchEvent): void => {
    this.leave()
    const [finger] = event.touches
    if (event.touches.length > 1 || !finger) return // a second finger: pinching
    this.hasAsked = false
    if ((event.target as Element).closest(OTHERS)) return
    this.at = { x: finger.clientX, y: finger.clientY }
    this.timer = window.setTimeout(() => {
      this.leave()
      this.hasAsked = this.held(finger)
    }, HELD_MS)
  }
  private readonly move = (event: TouchEvent): void => {
    const [finger] = event.touches
    if (this.at && finger && Math.hypot(finger.clientX - this.at.x, finger.clientY - this.at.y) > STILL_PX) this.leave()
  }
  private readonly end = (event: TouchEvent): void => {
    this.leave()
    if (this.hasAsked && event.cancelable) event.preventDefault() // no click after it
  }
  private readonly point = (event: PointerEvent): void => {
    if (event.pointerType === 'mouse') this.hasAsked = false // a right click of its own
  }
  private readonly leave = (): void => {
    window.clearTimeout(this.timer)
    this.at = null
  }
}
