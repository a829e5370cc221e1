import { useEffect, useState } from 'react'

/** How often a clock ticks, in milliseconds; null: it stands still. A function decides by the time it is. */
export type TickMs = number | null | ((now: number) => number | null)

/** The clock in epoch milliseconds, renewed at every tick. */
export function useNow(tick: TickMs): number {
  const [now, setNow] = useState(() => Date.now())
  const everyMs = typeof tick === 'function' ? tick(now) : tick
  useEffect(() => {
    if (everyMs === null) return
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    // A clock that stood still goes on with the right time at once.
    const atOnce = setTimeout(() => setNow((shown) => (Date.now() - shown > everyMs ? Date.now() : shown)))
    return () => {
      clearInterval(timer)
      clearTimeout(atOnce)
    }
  }, [everyMs])
  return now
}
