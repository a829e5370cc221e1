import clsx from 'clsx'
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import { Link, useLocation } from 'react-router'
import { usePrompts } from '../api/prompts.ts'
import { useMay } from '../api/rights.ts'
import { useRail } from '../stores/rail-store.ts'
import { Tooltip } from '../ui/tooltip.tsx'
import { WheelMark } from '../ui/wheel-mark.tsx'
import { ConnectionIndicator } from './connection-indicator.tsx'
import { type Section, sections } from './sections.tsx'
import { UserMenu } from './user-menu.tsx'
import { WorkspaceSwitcher } from './workspace-switcher.tsx'

/** Left rail; on a phone a bar at the foot. */
export function Rail() {
  const { isOpen, toggle } = useRail()
  const open = usePrompts('open').data
  // Questions for who may only watch are none of theirs.
  const openCount = useMay('answer') ? (open?.length ?? 0) : 0
  return (
    <nav
      aria-label="Main"
      className={clsx(
        'flex shrink-0 border-t bg-surface sm:flex-col sm:border-t-0 sm:border-r sm:transition-[width]',
        isOpen ? 'sm:w-(--rail-open)' : 'sm:w-(--rail)',
      )}
    >
      <Link
        to="/workflows"
        aria-label="Millrace, to the workflows"
        className="hidden h-(--topbar) items-center gap-3 px-3.5 sm:flex"
      >
        <WheelMark />
        {isOpen && <span className="text-t3 font-title">Millrace</span>}
      </Link>
      <div className="flex items-center sm:px-2 sm:pb-1.5 sm:empty:hidden [&>button]:w-full">
        <WorkspaceSwitcher isOpen={isOpen} className={railItem} />
      </div>
      <ul className="flex flex-1 justify-around sm:flex-none sm:flex-col sm:justify-start">
        {sections.map((section) => (
          <li key={section.path} className="sm:px-2 sm:py-0.5">
            <RailLink section={section} isOpen={isOpen} badge={section.path === '/inbox' ? openCount : 0} />
          </li>
        ))}
      </ul>
      <div className="flex items-center sm:mt-auto sm:flex-col sm:items-stretch sm:gap-1 sm:px-2 sm:pb-2">
        <Tooltip content={isOpen ? 'Hide the labels' : 'Show the labels'} kbd="[" side="right">
          <button
            type="button"
            aria-label={isOpen ? 'Hide the labels' : 'Show the labels'}
            aria-expanded={isOpen}
            onClick={toggle}
            className={clsx(railItem, 'hidden text-ink-3 sm:flex')}
          >
            {isOpen ? <PanelLeftClose className="size-[18px]" /> : <PanelLeftOpen className="size-[18px]" />}
            {isOpen && <span>Hide labels</span>}
          </button>
        </Tooltip>
        <ConnectionIndicator isOpen={isOpen} className={railItem} />
        <UserMenu isOpen={isOpen} className={railItem} />
      </div>
    </nav>
  )
}

const railItem =
  'flex h-9 items-center gap-3 rounded-control px-[11px] text-ink-2 transition-colors hover:bg-hover hover:text-ink'

function RailLink({ section, isOpen, badge }: { section: Section; isOpen: boolean; badge: number }) {
  const { path, label, Icon, key } = section
  const { pathname } = useLocation()
  const isActive = pathname === path || pathname.startsWith(`${path}/`)
  const link = (
    <Link
      to={path}
      aria-current={isActive ? 'page' : undefined}
      aria-label={badge > 0 ? `${label}, ${badge} open ${badge === 1 ? 'question' : 'questions'}` : label}
      className={clsx(
        railItem,
        'relative h-14 w-14 justify-center sm:h-9 sm:w-auto sm:justify-start',
        isActive && 'text-ink before:absolute before:bg-select sm:bg-sunk',
        isActive && 'before:inset-x-3 before:top-0 before:h-[3px]',
        isActive &&
          'sm:before:inset-x-auto sm:before:inset-y-2 sm:before:-left-2 sm:before:h-auto sm:before:w-[3px] sm:before:rounded-r-full',
      )}
    >
      <span className="relative">
        <Icon className="size-[18px]" strokeWidth={1.6} />
        {badge > 0 && !isOpen && <Badge count={badge} className="absolute -top-2 -right-2.5" />}
      </span>
      {isOpen && <span className="hidden font-mid sm:inline">{label}</span>}
      {badge > 0 && isOpen && <Badge count={badge} className="ml-auto" />}
    </Link>
  )
  if (isOpen) return link
  return (
    <Tooltip content={label} kbd={`G ${key}`} side="right">
      {link}
    </Tooltip>
  )
}

function Badge({ count, className }: { count: number; className: string }) {
  return (
    <span
      aria-hidden="true"
      className={clsx(
        'grid h-[18px] min-w-[18px] place-items-center rounded-full border-2 border-surface bg-waiting-fill px-[3px] text-[10px] leading-none font-title text-on-waiting',
        className,
      )}
    >
      {count > 99 ? '99+' : count}
    </span>
  )
}
