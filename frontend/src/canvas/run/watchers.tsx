import type { Presence } from '@millrace/shared/client/followed-execution'
import { type ReactNode, useMemo } from 'react'
import { useExecutionState } from '../../stores/execution-store.ts'
import { useSession } from '../../stores/session-store.ts'
import { initialsOf } from '../../ui/initials.ts'
import { Tooltip } from '../../ui/tooltip.tsx'

/** Circles before the rest becomes a number. */
const circlesMax = 4

/** Who else watches this run, by their initials; nothing while one is alone. */
export function Watchers() {
  const ownId = useSession((session) => session.user?.id ?? null)
  const presence = useExecutionState((state) => state.presence)
  const others = useMemo(() => othersOf(presence, ownId), [presence, ownId])
  const unnamed = Math.max(0, (presence?.count ?? 0) - (presence?.viewers.length ?? 0))
  if (others.length === 0) return null
  const shown = others.length > circlesMax || unnamed > 0 ? others.slice(0, circlesMax - 1) : others
  const more = others.length - shown.length + unnamed
  const names = others.map(({ name }) => name)
  const who = listed(unnamed > 0 ? [...names, `${unnamed} more`] : names)
  const words = `${who} ${names.length + unnamed === 1 ? 'watches' : 'watch'} this run`
  return (
    <Tooltip content={words}>
      <button
        type="button"
        aria-label={words}
        data-testid="watchers"
        className="flex shrink-0 cursor-default gap-0.5 rounded-full"
      >
        {shown.map(({ initials }, index) => (
          <Circle key={index}>{initials}</Circle>
        ))}
        {more > 0 && <Circle>+{more}</Circle>}
      </button>
    </Tooltip>
  )
}

/** Who came by a link has no name; the server calls them all so. */
const guestUserId = 'guest'

interface Watcher {
  initials: string
  name: string
}

/** Others by name, a person with two windows once; then the guests, each window one. */
function othersOf(presence: Presence | null, ownId: string | null): Watcher[] {
  const viewers = presence?.viewers ?? []
  const byUser = new Map(
    viewers
      .filter(({ userId }) => userId !== ownId && userId !== guestUserId)
      .map(({ userId, name }) => [userId, { initials: initialsOf(name), name }]),
  )
  const guests = viewers.filter(({ userId }) => userId === guestUserId).map(() => ({ initials: 'G', name: 'a guest' }))
  return [...byUser.values(), ...guests]
}

/** "Kim", "Kim and a guest", "Kim, Robin and 3 more". */
function listed(names: readonly string[]): string {
  const said = names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
  return said.charAt(0).toUpperCase() + said.slice(1)
}

function Circle({ children }: { children: ReactNode }) {
  return (
    <span
      aria-hidden="true"
      className="grid size-6 place-items-center rounded-full border border-line-strong bg-sunk text-[10px] leading-none font-title text-ink-2"
    >
      {children}
    </span>
  )
}
