import type { ConnectionState, ConnectionStatus } from '@millrace/shared/client/connection-state'
import clsx from 'clsx'
import { useConnectionState, useWebSocket } from '../live/live-context.ts'
import { useNow } from '../ui/now.ts'
import { Tooltip } from '../ui/tooltip.tsx'

interface Look {
  word: string
  /** What it means for what is on the screen. */
  meaning: string
  className: string
}

const looks: Record<ConnectionStatus, Look> = {
  live: { word: 'Live', meaning: 'Everything you see is as of this moment.', className: 'text-current-mark' },
  'catching-up': {
    word: 'Catching up',
    meaning: 'Connected again; what happened meanwhile is being read.',
    className: 'text-retry-mark',
  },
  connecting: { word: 'Connecting', meaning: 'What you see may be a moment old.', className: 'text-retry-mark' },
  idle: { word: 'Not connected', meaning: 'Nothing is followed yet.', className: 'text-ink-3' },
  stopped: {
    word: 'Refused',
    meaning: 'The server does not accept this connection. Click to try again, or sign in anew.',
    className: 'text-failed-mark',
  },
  offline: {
    word: 'Offline',
    meaning: 'What you see is as of when the connection was lost. Runs go on; nothing is missed.',
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
        <ConnectionGlyph status={info.status} className={look.className} />
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

function ConnectionGlyph({ status, className }: { status: ConnectionStatus; className: string }) {
  return (
    <svg
      viewBox="0 0 18 18"
      width="18"
      height="18"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      aria-hidden="true"
      className={clsx('shrink-0', className)}
    >
      {status === 'live' && (
        <>
          <circle cx="9" cy="9" r="2.4" fill="currentColor" stroke="none" />
          <path d="M5.2 4.2a6.2 6.2 0 0 0 0 9.6M12.8 4.2a6.2 6.2 0 0 1 0 9.6" />
        </>
      )}
      {(status === 'catching-up' || status === 'connecting' || status === 'idle') && (
        <>
          <circle cx="9" cy="9" r="2.2" />
          <circle cx="9" cy="9" r="6.4" strokeDasharray="3.4 3.3" className="origin-center animate-turn" />
        </>
      )}
      {(status === 'offline' || status === 'stopped') && (
        <>
          <circle cx="9" cy="9" r="2.4" />
          <path d="M5.2 4.2a6.2 6.2 0 0 0 0 9.6M12.8 4.2a6.2 6.2 0 0 1 0 9.6" opacity=".45" />
          <path d="M3 15 15 3" />
        </>
      )}
    </svg>
  )
}
