import type { ConnectionState, ConnectionStatus } from '@millrace/shared/client/connection-state'
import { useConnectionState, useWebSocket } from '../live/live-context.ts'
import { ConnectionGlyph, type ConnectionShape } from '../ui/connection-glyph.tsx'
import { useNow } from '../ui/now.ts'
import { Tooltip } from '../ui/tooltip.tsx'

interface Look {
  word: string
  /** What it means for what is on the screen. */
  meaning: string
  shape: ConnectionShape
  className: string
}

const looks: Record<ConnectionStatus, Look> = {
  live: {
    word: 'Live',
    meaning: 'Everything you see is as of this moment.',
    shape: 'live',
    className: 'text-current-mark',
  },
  'catching-up': {
    word: 'Catching up',
    meaning: 'Connected again; what happened meanwhile is being read.',
    shape: 'turning',
    className: 'text-retry-mark',
  },
  connecting: {
    word: 'Connecting',
    meaning: 'What you see may be a moment old.',
    shape: 'turning',
    className: 'text-retry-mark',
  },
  idle: { word: 'Not connected', meaning: 'Nothing is followed yet.', shape: 'turning', className: 'text-ink-3' },
  stopped: {
    word: 'Refused',
    meaning: 'The server does not accept this connection. Click to try again, or sign in anew.',
    shape: 'away',
    className: 'text-failed-mark',
  },
  offline: {
    word: 'Offline',
    meaning: 'What you see is as of when the connection was lost. Runs go on; nothing is missed.',
    shape: 'away',
    className: 'text-failed-mark',
  },
}

export function ConnectionIndicator({ isOpen, className }: { isOpen: boolean; className: string }) {
  const info = useConnectionState()
  const client = useWebSocket()
  const look = looks[info.status]
  return (
    <Tooltip
      side="right"
      content={
        <>
          <span className="block font-mid">{look.word}</span>
          <span className="block text-ink-2">{look.meaning}</span>
          <NextTry info={info} />
        </>
      }
    >
      <button
        type="button"
        onClick={() => (info.status === 'stopped' ? client?.connect() : client?.nudge())}
        aria-label={`Connection: ${look.word}. ${look.meaning}`}
        data-connection={info.status}
        className={className}
      >
        <ConnectionGlyph shape={look.shape} className={look.className} />
        {isOpen && <span aria-live="polite">{look.word}</span>}
      </button>
    </Tooltip>
  )
}

function NextTry({ info }: { info: ConnectionState }) {
  const now = useNow(info.retryAt === null ? null : 1000)
  if (info.status !== 'offline' && info.status !== 'stopped') return null
  const seconds = info.retryAt === null ? null : Math.max(0, Math.ceil((info.retryAt - now) / 1000))
  return (
    <span className="block text-ink-2">
      {seconds !== null && `Trying again in ${seconds} s; click to try now. `}
      {info.lastError !== null && <code className="font-mono text-micro">{info.lastError.code}</code>}
    </span>
  )
}
