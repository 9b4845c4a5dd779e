/** Lengths and areas on the ellipsoid of CGCS2000, not on the screen. Degrees in, metres and square metres out. */
import type { LonLat } from './coordinates'

// CGCS2000 (EPSG:1024): its flattening differs from WGS 84's in the ninth digit.
const A_M = 6378137
const F = 1 / 298.257222101
const B_M = A_M * (1 - F)
const E2 = F * (2 - F)
const E = Math.sqrt(E2)
const ROUNDS = 100
const CLOSE_ENOUGH = 1e-12

const rad = (degrees: number): number => (degrees * Math.PI) / 180
const deg = (radians: number): number => (radians * 180) / Math.PI

/** Geodesic length between two places, m. Source: Vincenty (1975), Survey Review 23(176); 0.5 mm. NaN near antipodes. */
export function distanceM(from: LonLat, to: LonLat): number {
  const u1 = Math.atan((1 - F) * Math.tan(rad(from[1])))
  const u2 = Math.atan((1 - F) * Math.tan(rad(to[1])))
  const [sinU1, cosU1, sinU2, cosU2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)]
  const difference = rad(to[0] - from[0])
  let lambda = difference
  for (let round = 0; round < ROUNDS; round++) {
    const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)]
    const sinSigma = Math.hypot(cosU2 * sinL, cosU1 * sinU2 - sinU1 * cosU2 * cosL)
    if (sinSigma === 0) return 0
    const cosSigma = sinU1 * sinU2 + cosU1 * cosU2 * cosL
    const sigma = Math.atan2(sinSigma, cosSigma)
    const sinAlpha = (cosU1 * cosU2 * sinL) / sinSigma
    const cos2Alpha = 1 - sinAlpha ** 2
    const cos2M = cos2Alpha === 0 ? 0 : cosSigma - (2 * sinU1 * sinU2) / cos2Alpha // along the equator
    const c = (F / 16) * cos2Alpha * (4 + F * (4 - 3 * cos2Alpha))
    const before = lambda
    lambda = difference
      + (1 - c) * F * sinAlpha * (sigma + c * sinSigma * (cos2M + c * cosSigma * (2 * cos2M ** 2 - 1)))
    if (Math.abs(lambda - before) < CLOSE_ENOUGH) return lengthOf(cos2Alpha, sigma, sinSigma, cosSigma, cos2M)
  }
  return Number.NaN
}

function lengthOf(cos2Alpha: number, sigma: number, sinSigma: number, cosSigma: number, cos2M: number): number {
  const u2 = (cos2Alpha * (A_M ** 2 - B_M ** 2)) / B_M ** 2
  const big = 1 + (u2 / 16384) * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)))
  const small = (u2 / 1024) * (256 + u2 * (-128 + u2 * (74 - 47 * u2)))
  const inner = cosSigma * (2 * cos2M ** 2 - 1)
    - (small / 6) * cos2M * (4 * sinSigma ** 2 - 3) * (4 * cos2M ** 2 - 3)
  return B_M * big * (sigma - small * sinSigma * (cos2M + (small / 4) * inner))
}

/** Length of each leg of a line. */
export const legsM = (line: readonly LonLat[]): number[] =>
  line.slice(1).map((place, at) => distanceM(line[at] as LonLat, place))

export const lengthM = (line: readonly LonLat[]): number => legsM(line).reduce((sum, leg) => sum + leg, 0)

/** Snyder's q: the area between the equator and a latitude is a²·q/2 for each radian of longitude. */
function q(lat: number): number {
  const sin = Math.sin(rad(lat))
  return (1 - E2) * (sin / (1 - E2 * sin ** 2) + Math.atanh(E * sin) / E)
}
const Q_POLE = q(90)

/**
 * Area of a ring (closed by itself), m². On the sphere of equal area (authalic latitude; Snyder 1987, PP 1395, eq. 3-11),
 * with great circles for edges: 1e-6 of the area for rings the size of a county, 5e-6 for 200 km.
 */
export function areaM2(ring: readonly LonLat[]): number {
  const beta = (lat: number): number => Math.asin(Math.min(1, Math.max(-1, q(lat) / Q_POLE)))
  let excess = 0
  ring.forEach((from, at) => {
    const to = ring[(at + 1) % ring.length] as LonLat
    const [t1, t2] = [Math.tan(beta(from[1]) / 2), Math.tan(beta(to[1]) / 2)]
    excess += 2 * Math.atan2(Math.tan(rad(to[0] - from[0]) / 2) * (t1 + t2), 1 + t1 * t2)
  })
  return Math.abs(excess) * ((A_M ** 2 * Q_POLE) / 2)
}

/** The place `metres` from `from` towards `bearingDeg`; on a sphere of the local radius: 1e-4 of a county's distances. */
export function placeAt(from: LonLat, bearingDeg: number, metres: number): LonLat {
  const w = Math.sqrt(1 - E2 * Math.sin(rad(from[1])) ** 2)
  const meridianM = (A_M * (1 - E2)) / w ** 3
  const parallelM = A_M / w
  const bearing = rad(bearingDeg)
  const north = (metres * Math.cos(bearing)) / meridianM
  const lat = from[1] + deg(north)
  const east = (metres * Math.sin(bearing)) / (parallelM * Math.cos(rad((from[1] + lat) / 2)))
  return [from[0] + deg(east), lat]
}

const CIRCLE_POINTS = 72

export const circleRing = (centre: LonLat, radiusM: number): LonLat[] =>
  Array.from({ length: CIRCLE_POINTS }, (_, at) => placeAt(centre, (at * 360) / CIRCLE_POINTS, radiusM))

/** The place on a line `metres` from its start; past the end its end. */
export function placeAlong(line: readonly LonLat[], metres: number): LonLat | null {
  let left = metres
  for (const [at, leg] of legsM(line).entries()) {
    const [from, to] = [line[at] as LonLat, line[at + 1] as LonLat]
    if (left <= leg && leg > 0) {
      const part = left / leg
      return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]
    }
    left -= leg
  }
  return line.at(-1) ?? null
}
