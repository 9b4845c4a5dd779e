/**
 * The time by the server. A computer whose clock is a day off would else call fresh data old and a lost server live.
 * Answers that tell it are never taken from a cache, so their Date header is when they were made.
 */

/** Ages on the screen are said in minutes; a clock this near changes none of them by more than its own rounding. */
const TOLERANCE_MS = 120_000

let aheadMs = 0

/** A fresh answer's Date header. */
export function hearDate(header: string | null, now: number = Date.now()): void {
  const sent = header === null ? Number.NaN : Date.parse(header)
  if (!Number.isNaN(sent)) aheadMs = now - sent
}

/** How far this computer's clock is ahead of the server's; 0 while they agree. */
export const clockAheadMs = (): number => (Math.abs(aheadMs) > TOLERANCE_MS ? aheadMs : 0)

/** Now, by the server where this computer's clock is wrong. */
export const trueNow = (): Date => new Date(Date.now() - clockAheadMs())
