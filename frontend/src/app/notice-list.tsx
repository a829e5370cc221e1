import clsx from 'clsx'
import { Link } from 'react-router'
import { describeError } from '../api/describe-error.ts'
import { type Notice, useNotices } from '../api/notices.ts'
import { isRead, useNoticeStore } from '../stores/notice-store.ts'
import { Button } from '../ui/button.tsx'
import { QueryGate } from '../ui/query-gate.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { rowKeys } from '../ui/row-keys.ts'
import { glyphOfNotice } from './notice-look.tsx'

/** What this person was told, the newest first. `onLeave`: one of them led to another page. */
export function NoticeList({ onLeave }: { onLeave: () => void }) {
  const query = useNotices()
  const read = useNoticeStore((state) => state.read)
  const markAllRead = useNoticeStore((state) => state.markAllRead)
  const newest = query.data?.[0]
  const hasUnread = query.data?.some(({ seq }) => !isRead(read, seq)) ?? false
  return (
    <section ref={rowKeys} aria-label="Notices" className="flex max-h-[min(560px,calc(100dvh-80px))] flex-col">
      <header className="flex h-11 shrink-0 items-center gap-2 border-b pr-2 pl-4">
        <h2 className="mr-auto text-base">Notices</h2>
        {hasUnread && newest !== undefined && (
          <Button size="small" variant="quiet" onClick={() => markAllRead(newest.seq)}>
            Mark all read
          </Button>
        )}
      </header>
      <QueryGate query={query} what="the notices" describe={describeError}>
        {(notices) =>
          notices.length === 0 ? (
            <div className="px-6 py-8 text-center">
              <p className="font-mid">Nothing to tell you yet</p>
              <p className="mt-1 text-pretty text-small text-ink-2">
                When a run you started fails or asks something, or an owner tells the workspace something, it is kept
                here, also while you are away.
              </p>
            </div>
          ) : (
            <ul className="min-h-0 overflow-y-auto">
              {notices.map((notice) => (
                <Row key={notice.seq} notice={notice} isUnread={!isRead(read, notice.seq)} onLeave={onLeave} />
              ))}
            </ul>
          )
        }
      </QueryGate>
    </section>
  )
}

interface RowProps {
  notice: Notice
  isUnread: boolean
  onLeave: () => void
}

/** The whole row leads where its first action does; the others stand below. One that leads nowhere is only read. */
function Row({ notice, isUnread, onLeave }: RowProps) {
  const { seq, title, message, timestamp, actions = [] } = notice
  const markRead = useNoticeStore((state) => state.markRead)
  const [first, ...others] = actions
  const follow = () => {
    markRead(seq)
    onLeave()
  }
  const titleClass = clsx(
    'text-left break-words outline-offset-[-2px] after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-current-mark',
    isUnread ? 'font-mid text-ink' : 'text-ink-2',
  )
  return (
    <li className="relative flex gap-3 border-b px-4 py-3 last:border-b-0 hover:bg-hover">
      <span className="mt-0.5 shrink-0">{glyphOfNotice(notice)}</span>
      <div className="min-w-0 flex-1">
        {first === undefined ? (
          <button type="button" data-row onClick={() => markRead(seq)} className={titleClass}>
            {title}
          </button>
        ) : (
          <Link to={first.path} data-row title={first.label} onClick={follow} className={titleClass}>
            {title}
          </Link>
        )}
        {message !== '' && <p className="line-clamp-2 break-words text-small text-ink-2">{message}</p>}
        <p className="mt-0.5 flex flex-wrap gap-x-3 text-small text-ink-3">
          <RelativeTime at={timestamp} />
          {others.map(({ label, path }) => (
            <Link
              key={path + label}
              to={path}
              onClick={follow}
              className="relative font-mid text-ink underline underline-offset-2 hover:text-ink-2"
            >
              {label}
            </Link>
          ))}
        </p>
      </div>
      {isUnread && (
        <span className="mt-1.5 size-2 shrink-0 rounded-full bg-select">
          <span className="sr-only">Unread</span>
        </span>
      )}
    </li>
  )
}
