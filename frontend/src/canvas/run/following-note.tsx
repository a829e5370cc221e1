import type { ReactNode } from 'react'
import { useConnectionState } from '../../live/live-context.ts'
import { useLostAt } from '../../live/lost-at.ts'
import { useExecutionState } from '../../stores/execution-store.ts'
import { ConnectionGlyph, type ConnectionShape } from '../../ui/connection-glyph.tsx'
import { useNow } from '../../ui/now.ts'
import { clockWords, exactTime } from '../../ui/time-words.ts'

/** Says it when what is shown is not the newest: while the network is away, and while it is read what was missed. */
export function FollowingNote() {
  const connection = useConnectionState()
  const lostAt = useLostAt()
  const phase = useExecutionState((state) => state.phase)
  const error = useExecutionState((state) => state.error)
  if (phase === 'failed') {
    return <span className="text-small text-failed-text">{error?.message ?? 'This run cannot be followed.'}</span>
  }
  if (phase === 'none' || phase === 'ended') return null
  if (connection.status === 'stopped') return <Pill shape="away">Connection refused</Pill>
  if (lostAt !== null) {
    return (
      <Pill shape="away" title={`What you see is as of ${exactTime(lostAt)}. The run goes on; nothing is missed.`}>
        Offline · as of {clockWords(lostAt)}
        <NextTry retryAt={connection.retryAt} />
      </Pill>
    )
  }
  const isBehind = phase === 'catching-up' || connection.status !== 'live'
  return isBehind ? <Pill shape="turning">Catching up</Pill> : null
}

function NextTry({ retryAt }: { retryAt: number | null }) {
  const now = useNow(retryAt === null ? null : 500)
  const seconds = retryAt === null ? 0 : Math.ceil((retryAt - now) / 1000)
  return (
    <span className="hidden md:inline">
      {' · '}
      {seconds > 0 ? `next try in ${seconds} s` : 'trying now'}
    </span>
  )
}

function Pill({ shape, title, children }: { shape: ConnectionShape; title?: string; children: ReactNode }) {
  const isAway = shape === 'away'
  return (
    <span
      role="status"
      title={title}
      data-testid="following"
      className={
        isAway
          ? 'inline-flex h-[22px] shrink-0 items-center gap-1.5 rounded-full border border-failed-line bg-failed-tint pr-2 pl-1.5 text-small font-mid whitespace-nowrap text-failed-text tabular-nums'
          : 'inline-flex h-[22px] shrink-0 animate-late items-center gap-1.5 rounded-full border border-retry-line bg-retry-tint pr-2 pl-1.5 text-small font-mid whitespace-nowrap text-retry-text'
      }
    >
      <ConnectionGlyph shape={shape} size={14} />
      <span>{children}</span>
    </span>
  )
}
