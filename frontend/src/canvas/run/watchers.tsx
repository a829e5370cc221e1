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
  // A person with two windows is there once.
  const names = useMemo(() => {
    const byUser = new Map(presence?.viewers.map(({ userId, name }) => [userId, name]))
    if (ownId !== null) byUser.delete(ownId)
    return [...byUser.values()]
  }, [presence, ownId])
  const unnamed = Math.max(0, (presence?.count ?? 0) - (presence?.viewers.length ?? 0))
  if (names.length === 0) return null
  const shown = names.length > circlesMax || unnamed > 0 ? names.slice(0, circlesMax - 1) : names
  const more = names.length - shown.length + unnamed
  const words = `${listed(names)}${unnamed > 0 ? ` and ${unnamed} more` : ''} ${names.length + unnamed === 1 ? 'watches' : 'watch'} this run`
  return (
    <Tooltip content={words}>
      <button
        type="button"
        aria-label={words}
        data-testid="watchers"
        className="flex shrink-0 cursor-default rounded-full"
      >
        {shown.map((name, index) => (
          <Circle key={index}>{initialsOf(name)}</Circle>
        ))}
        {more > 0 && <Circle>+{more}</Circle>}
      </button>
    </Tooltip>
  )
}

function Circle({ children }: { children: ReactNode }) {
  return (
    <span
      aria-hidden="true"
      className="-ml-1.5 grid size-6 place-items-center rounded-full border border-line-strong bg-sunk text-[10px] leading-none font-title text-ink-2 ring-2 ring-surface first:ml-0"
    >
      {children}
    </span>
  )
}

/** "Kim", "Kim and Robin", "Kim, Robin and Alex". */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
