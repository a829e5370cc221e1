import clsx from 'clsx'
import { Kbd } from '../../../ui/kbd.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { shortValue, type VariableGroup } from './variables.ts'

export interface VariableListProps {
  id: string
  groups: readonly VariableGroup[]
  /** Path of the row that Enter takes. */
  active: string | null
  onPick: (path: string) => void
  /** When the values came about. */
  at: number | null
}

/** The variables a field can read, each with its latest real value. */
export function VariableList({ id, groups, active, onPick, at }: VariableListProps) {
  return (
    <div className="absolute top-full right-0 left-0 z-30 mt-1 animate-appear rounded-control border bg-raised shadow-raised">
      <div id={id} role="listbox" aria-label="Variables" className="max-h-56 overflow-y-auto p-1">
        {groups.map((group) => (
          <div key={group.title} role="group" aria-label={group.title}>
            <p className="px-2 py-1 text-small text-ink-2">{group.title}</p>
            {group.variables.map((variable) => (
              <div
                key={variable.path}
                id={`${id}-${variable.path}`}
                role="option"
                tabIndex={-1}
                aria-selected={variable.path === active}
                title={variable.description ?? variable.path}
                ref={(row) => {
                  if (variable.path === active) row?.scrollIntoView({ block: 'nearest' })
                }}
                // Before the field loses the keyboard.
                onPointerDown={(event) => {
                  event.preventDefault()
                  onPick(variable.path)
                }}
                className={clsx(
                  'flex h-7 cursor-pointer items-center gap-2 rounded-chip px-2',
                  variable.path === active ? 'bg-hover' : 'hover:bg-hover',
                )}
              >
                <code className="min-w-0 flex-1 truncate font-mono text-small">{variable.path}</code>
                <code className="max-w-32 truncate font-mono text-micro text-ink-2">{shortValue(variable.value)}</code>
                <span className="w-12 text-right text-small text-ink-3">{variable.type}</span>
              </div>
            ))}
          </div>
        ))}
      </div>
      <div className="flex items-center gap-2 border-t px-3 py-1.5 text-small text-ink-2">
        <span className="mr-auto truncate">
          {at === null ? (
            'No values yet: run it once'
          ) : (
            <>
              Values of the run <RelativeTime at={at} />
            </>
          )}
        </span>
        <Kbd>↵</Kbd> Insert
      </div>
    </div>
  )
}
