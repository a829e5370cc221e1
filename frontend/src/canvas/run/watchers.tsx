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
  const names = useMemo(() => namesOf(presence, ownId), [presence, ownId])
  const unnamed = Math.max(0, (presence?.count ?? 0) - (presence?.viewers.length ?? 0))
  if (names.length === 0) return null
  const shown = names.length > circlesMax || unnamed > 0 ? names.slice(0, circlesMax - 1) : names
  const more = names.length - shown.length + unnamed
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
        {shown.map((name, index) => (
          <Circle key={index}>{name === guest ? 'G' : initialsOf(name)}</Circle>
        ))}
        {more > 0 && <Circle>+{more}</Circle>}
      </button>
    </Tooltip>
  )
}

const guest = 'A guest'

/** Others by name, a person with two windows once. Who came by a link has no name. */
function namesOf(presence: Presence | null, ownId: string | null): string[] {
  const byUser = new Map(
    presence?.viewers.map(({ userId, name }) => [userId, userId.startsWith('share:') ? guest : name]),
  )
  if (ownId !== null) byUser.delete(ownId)
  return [...byUser.values()]
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

/** "Kim", "Kim and a guest", "Kim, Robin and 3 more". */
function listed(names: readonly string[]): string {
  const said = names.map((name, index) => (name === guest && index > 0 ? 'a guest' : name))
  return said.length < 2 ? said.join('') : `${said.slice(0, -1).join(', ')} and ${said.at(-1)}`
}
