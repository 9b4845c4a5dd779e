/** The points of one tile as columns of numbers: a feature is made only of the few that are named, opened or listed. */
import type { TileFeature } from './decode'
import type { RawLayer } from './mvt'
import type { Window } from './mercator'

export interface Points {
  readonly length: number
  /** World coordinates. */
  readonly x: Float64Array
  readonly y: Float64Array
  /** NaN: a cell, which stands for many objects and opens none. */
  readonly ids: Float64Array
  /** How many objects each stands for. */
  readonly counts: Uint32Array
  /** The place of each one's legend value in `values`. */
  readonly grades: Uint32Array
  readonly values: readonly (string | null)[]
  /** 1: invented, for an exercise. */
  readonly exercise: Uint8Array
  readonly feature: (at: number) => TileFeature
}

type Facts = Omit<TileFeature, 'shape' | 'parts' | 'outline' | 'box'>

const NO_PARTS: readonly Float64Array[] = []

/** Numbers for values as they come: 0, 1, 2 … */
class Numbering {
  readonly values: (string | null)[] = []
  private readonly known = new Map<string | null, number>()

  of(value: string | null): number {
    const known = this.known.get(value)
    if (known !== undefined) return known
    this.known.set(value, this.values.length)
    return this.values.push(value) - 1
  }
}

/** Points that were made as features one by one, such as the rows of a table. */
export function pointsOf(features: readonly TileFeature[]): Points {
  const found = features.filter((feature) => feature.shape === 'point')
  const numbering = new Numbering()
  return {
    length: found.length,
    x: Float64Array.from(found, (one) => one.box.west),
    y: Float64Array.from(found, (one) => one.box.north),
    ids: Float64Array.from(found, (one) => (one.id === null ? NaN : Number(one.id))),
    counts: Uint32Array.from(found, (one) => one.count),
    grades: Uint32Array.from(found, (one) => numbering.of(one.value)),
    values: numbering.values,
    exercise: Uint8Array.from(found, (one) => Number(one.exercise)),
    feature: (at) => found[at] as TileFeature,
  }
}

export const NO_POINTS = pointsOf([])

/** What of a feature's properties a column is made of, by the name it has in the tile. */
const [ID, COUNT, WORST, EXERCISE, BY] = [0, 1, 2, 3, 4]

const slotsOf = (keys: readonly string[], by: string | null): Int8Array => {
  const wanted: readonly (string | null)[] = ['id', 'count', 'worst', 'exercise', by]
  return Int8Array.from(keys, (key) => wanted.indexOf(key))
}

/** All points of a tile's layer. A tile's margin repeats its neighbour's points: each is drawn by the tile it stands in. */
export function readPoints(
  source: RawLayer, by: string | null, window: Window, facts: (properties: ReturnType<RawLayer['properties']>, id: number | undefined) => Facts,
): Points {
  const most = source.length
  const [x, y, ids] = [new Float64Array(most), new Float64Array(most), new Float64Array(most)]
  const [counts, grades, from] = [new Uint32Array(most), new Uint32Array(most), new Uint32Array(most)]
  const exercise = new Uint8Array(most)
  const scale = (window.east - window.west) / source.extent
  const position = new Float64Array(2)
  const slots = slotsOf(source.keys, by)
  const tags = new Int32Array(BY + 1)
  const numbering = new Numbering()
  const gradeOf = new Map<number, number>() // by the number of the value in the tile
  let length = 0
  for (let at = 0; at < most; at++) {
    source.open(at)
    if (source.type !== 1 || !source.readPoint(position)) continue
    x[length] = window.west + (position[0] as number) * scale
    y[length] = window.north + (position[1] as number) * scale
    from[length] = at
    source.readTags(slots, tags)
    const told = (slot: number): number => tags[slot] as number
    const count = told(COUNT) < 0 ? 1 : Number(source.value(told(COUNT)))
    const id = told(ID) < 0 ? source.id : Number(source.value(told(ID)))
    counts[length] = count
    ids[length] = count > 1 || id === undefined ? NaN : id // a cell of one is that one
    const mark = told(EXERCISE) < 0 ? false : source.value(told(EXERCISE))
    exercise[length] = mark === true || mark === 1 ? 1 : 0
    const number = told(WORST) < 0 ? told(BY) : told(WORST)
    let grade = gradeOf.get(number)
    if (grade === undefined) gradeOf.set(number, grade = numbering.of(number < 0 ? null : String(source.value(number))))
    grades[length] = grade
    length++
  }
  const feature = (at: number): TileFeature => {
    source.open(from[at] as number)
    const [west, north] = [x[at] as number, y[at] as number]
    const box = { west, north, east: west, south: north }
    return { ...facts(source.properties(), source.id), shape: 'point', parts: NO_PARTS, outline: NO_PARTS, box }
  }
  return { length, x, y, ids, counts, grades, values: numbering.values, exercise, feature }
}
