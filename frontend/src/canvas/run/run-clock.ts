import { useLostAt } from '../../live/lost-at.ts'
import { useNow } from '../../ui/now.ts'

/** The clock of what a run shows: it stands still at the moment the connection was lost, as the run on the screen does. */
export function useRunClock(everyMs: number | null): number {
  const lostAt = useLostAt()
  const now = useNow(lostAt === null ? everyMs : null)
  return lostAt ?? now
}
