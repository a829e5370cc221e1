import clsx from 'clsx'
import { ChevronsUpDown, Plus } from 'lucide-react'
import { useState } from 'react'
import { roleWords, useWorkspace } from '../api/rights.ts'
import { useMe } from '../api/settings.ts'
import { initialsOf } from '../ui/initials.ts'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../ui/menu.tsx'
import { CreateWorkspaceDialog } from './create-workspace-dialog.tsx'
import { useSwitchWorkspace } from './switch-workspace.ts'

/** Which workspace the pages show, for who belongs to several; who has one finds "New workspace" in their own menu. */
export function WorkspaceSwitcher({ isOpen, className }: { isOpen: boolean; className: string }) {
  const workspaces = useMe().data?.workspaces ?? []
  const current = useWorkspace()
  const switchTo = useSwitchWorkspace()
  const [isCreating, setCreating] = useState(false)
  if (workspaces.length < 2) return null
  return (
    <>
      <Menu
        side="right"
        align="start"
        trigger={
          <button
            type="button"
            aria-label={`Workspace ${current.name}: switch`}
            title={isOpen ? undefined : current.name}
            className={clsx(className, 'sm:px-1.5')}
          >
            <span className="grid size-7 shrink-0 place-items-center rounded-control border border-line-strong bg-sunk text-micro font-title text-ink-2">
              {initialsOf(current.name)}
            </span>
            {isOpen && (
              <>
                <span className="hidden min-w-0 flex-1 truncate text-left font-mid text-ink sm:inline">
                  {current.name}
                </span>
                <ChevronsUpDown aria-hidden="true" className="hidden size-3.5 sm:block" />
              </>
            )}
          </button>
        }
      >
        <MenuLabel>Workspaces</MenuLabel>
        {workspaces.map(({ id, name, role }) => (
          <MenuItem
            key={id}
            checked={id === current.id}
            onSelect={() => {
              if (id !== current.id) switchTo(id)
            }}
          >
            <span className="flex max-w-64 items-baseline gap-2">
              <span className="truncate">{name}</span>
              <span className="shrink-0 text-small text-ink-3">{roleWords[role].name}</span>
            </span>
          </MenuItem>
        ))}
        <MenuSeparator />
        <MenuItem icon={<Plus />} onSelect={() => setCreating(true)}>
          New workspace…
        </MenuItem>
      </Menu>
      <CreateWorkspaceDialog open={isCreating} onOpenChange={setCreating} />
    </>
  )
}
