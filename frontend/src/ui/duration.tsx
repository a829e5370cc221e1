import { useNow } from './now.ts'
import { durationWords } from './time-words.ts'

export interface DurationProps {
  /** A span that is over, in milliseconds. */
  ms?: number | null
  /** A span that still runs: when it began, in epoch milliseconds. */
  since?: number | null
  className?: string
}

export function Duration({ ms, since, className }: DurationProps) {
  const isRunning = ms == null && since != null
  const now = useNow(isRunning ? 1000 : null)
  const value = ms ?? (since == null ? null : now - since)
  if (value === null) return null
  return (
    <span className={className}>
      {isRunning && value < 10_000 ? `${Math.max(0, Math.floor(value / 1000))} s` : durationWords(value)}
    </span>
  )
}
