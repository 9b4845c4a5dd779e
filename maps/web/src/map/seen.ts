/** What of a picture is in view. Counting 100,000 points is a walk over two columns; a list is made when somebody looks. */
import { classOf, type InView, type LayerInfo, type Seen } from '@/state/model'
import { meets, type Window } from './mercator'
import type { Drawn, Placed } from './picture'

const LAST_RANK = 99

export function inView({ shapes, points }: Drawn, visible: Window): InView {
  const pieces = wholeShapes(shapes, visible)
  const counts = new Map<string, number>()
  const add = (layer: string, count: number): void => void counts.set(layer, (counts.get(layer) ?? 0) + count)
  pieces.forEach(({ feature }) => add(feature.layer, feature.count))
  const seen = points?.within(visible)
  seen?.counts.forEach((count, layer) => add(layer, count))
  return {
    counts,
    hasExercise: (seen?.hasExercise ?? false) || pieces.some(({ feature }) => feature.exercise),
    rows: pieces.length + (seen?.spots.length ?? 0),
    list: (most) => {
      const worst = new Worst(most)
      for (const { feature, layer } of pieces) worst.add(rankOf(layer, feature.value), () => feature)
      for (const at of seen?.spots ?? []) worst.add(points?.rankOf(at) ?? LAST_RANK, () => (points as NonNullable<typeof points>).at(at).feature)
      return worst.list()
    },
  }
}

const rankOf = (layer: LayerInfo, value: string | null): number => classOf(layer, value)?.rank ?? LAST_RANK

/** Each object once, however many tiles its pieces came in. */
function wholeShapes(shapes: readonly Placed[], visible: Window): Placed[] {
  const pieces = new Map<string, Placed>()
  shapes.forEach((one, at) => {
    const { feature } = one
    if (meets(feature.box, visible)) pieces.set(`${feature.layer}/${feature.id ?? `#${at}`}`, one)
  })
  return [...pieces.values()]
}

/** The first `most` of every rank: of 100,000 no more are made than may be listed. */
class Worst {
  private readonly byRank = new Map<number, Seen[]>()

  constructor(private readonly most: number) {}

  add(rank: number, make: () => Seen): void {
    const same = this.byRank.get(rank)
    if (!same) this.byRank.set(rank, [make()])
    else if (same.length < this.most) same.push(make())
  }

  list(): Seen[] {
    const ranks = [...this.byRank.keys()].sort((a, b) => a - b)
    return ranks.flatMap((rank) => this.byRank.get(rank) ?? []).slice(0, this.most)
  }
}
