import type { NoticeLevel } from '@millrace/shared/events/notice'
import { useLocation, useNavigate } from 'react-router'
import { useWebSocketEvent } from '../live/subscription-hooks.ts'
import { toast } from '../ui/toast.tsx'

/** Notices that are older were seen elsewhere or are in the inbox: a reload must not ring with them, in milliseconds. */
const freshMs = 60_000
/** Long enough to be read with a hand on the mouse, in milliseconds. */
const durationMs = 12_000

const shows: Record<NoticeLevel, (typeof toast)['info']> = {
  info: toast.info,
  success: toast.done,
  warning: toast.warning,
  error: toast.failed,
}

/** What concerns this person, at the lower right, with what may be done about it. Draws nothing itself. */
export function NoticeToasts(): null {
  const navigate = useNavigate()
  const location = useLocation()
  useWebSocketEvent('notification', ({ eventId, timestamp, level, category, title, message, actions = [] }) => {
    if (Date.now() - timestamp > freshMs) return
    const isQuestion = category === 'question'
    // A page that says it by itself needs no second voice.
    const isInSight = isQuestion && location.pathname === '/inbox'
    if (isInSight || actions.some(({ path }) => isShown(path, location))) return
    const [first, ...others] = actions
    const show = isQuestion ? toast.waiting : shows[level]
    show(title, {
      id: eventId,
      durationMs,
      ...(message === '' ? {} : { description: message }),
      ...(first === undefined ? {} : { action: { label: first.label, onClick: () => void navigate(first.path) } }),
      moreActions: others.map(({ label, path }) => ({ label, onClick: () => void navigate(path) })),
    })
  })
  return null
}

/** Whether a path is on the screen, a run also on the canvas of its workflow. */
function isShown(path: string, { pathname, search }: { pathname: string; search: string }): boolean {
  if (path === pathname) return true
  const run = /^\/executions\/([\w-]+)$/.exec(path)?.[1]
  return run !== undefined && new URLSearchParams(search).get('run') === run
}
