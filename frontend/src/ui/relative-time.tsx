import { useNow } from './now.ts'
import { exactTime, relativeWords } from './time-words.ts'

/** "3 min ago"; the exact time on hover. `at` in epoch milliseconds. */
export function RelativeTime({ at, className }: { at: number; className?: string }) {
  // A fresh time ticks by seconds, an old one by minutes.
  const now = useNow((time) => (time - at < 90_000 ? 1000 : 30_000))
  return (
    <time dateTime={new Date(at).toISOString()} title={exactTime(at)} className={className}>
      {relativeWords(at, now)}
    </time>
  )
}
