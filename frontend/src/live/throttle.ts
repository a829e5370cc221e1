/**
 * Calls `work` at once, then at most every `everyMs`; calls in between become one at the end of the span.
 * @returns the throttled call and a way to drop a pending one.
 */
export function throttle(work: () => void, everyMs: number): { call: () => void; cancel: () => void } {
  let timer: ReturnType<typeof setTimeout> | null = null
  let isPending = false
  const run = () => {
    isPending = false
    work()
    timer = setTimeout(() => {
      timer = null
      if (isPending) run()
    }, everyMs)
  }
  return {
    call() {
      if (timer === null) run()
      else isPending = true
    },
    cancel() {
      if (timer !== null) clearTimeout(timer)
      timer = null
      isPending = false
    },
  }
}
