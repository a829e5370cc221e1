import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useRef } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { addNotice, type Notice, refetchNotices, useDatedNotices } from '../api/notices.ts'
import { useWebSocketEvent } from '../live/subscription-hooks.ts'
import { isRead, useNoticeStore } from '../stores/notice-store.ts'
import { useSession } from '../stores/session-store.ts'
import { toast } from '../ui/toast.tsx'
import { toastOfNotice } from './notice-look.tsx'

/** Long enough to be read with a hand on the mouse, in milliseconds. */
const durationMs = 12_000
/** More at once, as after a while without a connection, become one. */
const toastsAtOnceMax = 3

/**
 * Keeps the notices true, and says at the lower right what is new since this page was opened: also what was told while
 * it had no connection. What is older waits behind the bell. Draws nothing itself.
 */
export function NoticeToasts(): null {
  const cache = useQueryClient()
  const navigate = useNavigate()
  const location = useLocation()
  const userId = useSession(({ user }) => user?.id ?? null)
  const { open, settle, markRead, setListOpen } = useNoticeStore()
  const { items: notices, askedAt = 0 } = useDatedNotices().data ?? {}
  /** The highest number that this page knows of; null: it has read none yet of this person. */
  const known = useRef<number | null>(null)

  useEffect(() => {
    known.current = null
    if (userId !== null) open(userId)
  }, [userId, open])

  useWebSocketEvent('notification', (event) => addNotice(cache, event))
  // The person's own topic begins at its head: what was told before is only in the list.
  useWebSocketEvent('connected', () => refetchNotices(cache))

  const tell = useEffectEvent((fresh: readonly Notice[]) => {
    const toTell = fresh.filter(({ seq }) => !isRead(useNoticeStore.getState().read, seq))
    if (toTell.length > toastsAtOnceMax) {
      toast.info(`${toTell.length} new notices`, {
        id: 'notices',
        durationMs,
        action: { label: 'Show', onClick: () => setListOpen(true) },
      })
      return
    }
    for (const { seq, title, message, actions = [], ...look } of toTell) {
      const [first, ...others] = actions.map(({ label, path }) => ({
        label,
        onClick: () => {
          markRead(seq)
          void navigate(path)
        },
      }))
      toastOfNotice(look)(title, {
        id: `notice-${seq}`,
        durationMs,
        ...(message === '' ? {} : { description: message }),
        ...(first === undefined ? {} : { action: first }),
        moreActions: others,
      })
    }
  })

  // What a page says by itself needs no second voice, and is read. Before the toasts, which look at what was read.
  const { pathname, search } = location
  useEffect(() => {
    if (notices === undefined || userId === null || document.visibilityState !== 'visible') return
    for (const notice of notices) if (isInSight(notice, { pathname, search })) markRead(notice.seq)
  }, [notices, userId, pathname, search, markRead])

  useEffect(() => {
    if (notices === undefined || userId === null) return
    const newest = notices[0]?.seq ?? 0
    settle(newest, askedAt)
    const before = known.current
    known.current = newest
    if (before !== null) tell(notices.filter(({ seq }) => seq > before).toReversed())
  }, [notices, askedAt, userId, settle])
  return null
}

/** Whether a page shows by itself what a notice is about; a run also on the canvas of its workflow. */
function isInSight({ category, actions = [] }: Notice, at: { pathname: string; search: string }): boolean {
  if (category === 'question' && at.pathname === '/inbox') return true
  return actions.some(({ path }) => {
    if (path === at.pathname) return true
    const run = /^\/executions\/([\w-]+)$/.exec(path)?.[1]
    return run !== undefined && new URLSearchParams(at.search).get('run') === run
  })
}
