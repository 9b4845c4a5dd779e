/** Which rows of a long list are in sight: only those, and a few around them, exist in the page. */
import { computed, onBeforeUnmount, ref, watch, type ComputedRef, type Ref } from 'vue'

const AROUND = 8

export interface Sight {
  readonly first: number
  readonly last: number
}

export function useScrolling(
  box: Readonly<Ref<HTMLElement | null>>, count: Readonly<Ref<number>>, rowPx: number, headPx: Readonly<Ref<number>>,
): { places: ComputedRef<number[]>; sight: ComputedRef<Sight>; look: () => void; show: (place: number) => void; toTop: () => void } {
  const topPx = ref(0)
  const heightPx = ref(0)
  const watching = new ResizeObserver(() => look())

  function look(): void {
    if (!box.value) return
    topPx.value = box.value.scrollTop
    heightPx.value = box.value.clientHeight
  }
  watch(box, (now, before) => {
    if (before) watching.unobserve(before)
    if (now) watching.observe(now)
    look()
  }, { flush: 'post', immediate: true })
  onBeforeUnmount(() => watching.disconnect())

  const sight = computed((): Sight => ({
    first: Math.max(0, Math.floor(topPx.value / rowPx) - AROUND),
    last: Math.min(count.value - 1, Math.ceil((topPx.value + heightPx.value) / rowPx) + AROUND),
  }))
  const places = computed(() => {
    const { first, last } = sight.value
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at)
  })

  /** Scroll only as far as needed for a row to be seen whole. */
  function show(place: number): void {
    if (!box.value) return
    const [top, seen] = [place * rowPx, box.value.clientHeight - headPx.value]
    if (top < box.value.scrollTop) box.value.scrollTop = top
    else if (top + rowPx > box.value.scrollTop + seen) box.value.scrollTop = top + rowPx - seen
    look()
  }

  function toTop(): void {
    if (box.value) box.value.scrollTop = 0
    look()
  }
  return { places, sight, look, show, toTop }
}
