import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useRef } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { addNotice, type Notice, refetchNotices, useNotices } from '../api/notices.ts'
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
  const notices = useNotices().data
  /** The highest number that this page knows of; null: it has read none yet. */
  const known = useRef<number | null>(null)

  useEffect(() => {
    if (userId !== null) open(userId)
  }, [userId, open])

  useWebSocketEvent('notification', (event) => addNotice(cache, event))
  // The person's own topic begins at its head: what was told before is only in the list.
  useWebSocketEvent('connected', () => refetchNotices(cache))

  const tell = useEffectEvent((fresh: readonly Notice[]) => {
    const isVisible = document.visibilityState === 'visible'
    const toTell = fresh.filter((notice) => {
      if (isRead(useNoticeStore.getState().read, notice.seq)) return false
      // A page that says it by itself needs no second voice.
      const isSaid = isVisible && isInSight(notice, location)
      if (isSaid) markRead(notice.seq)
      return !isSaid
    })
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

  useEffect(() => {
    if (notices === undefined || userId === null) return
    const newest = notices[0]?.seq ?? 0
    settle(newest)
    const before = known.current
    known.current = newest
    if (before !== null) tell(notices.filter(({ seq }) => seq > before).toReversed())
  }, [notices, userId, settle])
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
