import clsx from 'clsx'
import { Bell } from 'lucide-react'
import { useEffect } from 'react'
import { useNotices } from '../api/notices.ts'
import { isRead, useNoticeStore } from '../stores/notice-store.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { Popover } from '../ui/popover.tsx'
import { NoticeList } from './notice-list.tsx'

/** The bell in the top bar: how many notices are unread, and their list. */
export function NoticeBell() {
  const notices = useNotices().data ?? []
  const read = useNoticeStore((state) => state.read)
  const isOpen = useNoticeStore((state) => state.isListOpen)
  const setOpen = useNoticeStore((state) => state.setListOpen)
  const unread = notices.filter(({ seq }) => !isRead(read, seq)).length
  // Each page has a bell of its own: a list that was open stays behind with its page.
  useEffect(() => () => setOpen(false), [setOpen])
  return (
    <Popover
      align="end"
      open={isOpen}
      onOpenChange={setOpen}
      className="w-[380px] overflow-hidden p-0!"
      trigger={
        <IconButton
          label={unread === 0 ? 'Notices' : `Notices, ${unread} unread`}
          kbd="G N"
          icon={
            <span className="relative">
              <Bell className="size-4" strokeWidth={1.6} />
              {unread > 0 && <Count value={unread} />}
            </span>
          }
        />
      }
    >
      <NoticeList onLeave={() => setOpen(false)} />
    </Popover>
  )
}

/** In ink: unread is no state of anything. */
function Count({ value }: { value: number }) {
  return (
    <span
      aria-hidden="true"
      data-testid="unread-notices"
      className={clsx(
        'absolute -top-2 -right-2.5 grid h-[18px] min-w-[18px] place-items-center rounded-full border-2 border-surface',
        'bg-select px-[3px] text-[10px] leading-none font-title text-ink-inverse',
      )}
    >
      {value > 99 ? '99+' : value}
    </span>
  )
}
