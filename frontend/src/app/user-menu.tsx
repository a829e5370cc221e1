import clsx from 'clsx'
import { Keyboard, LogOut, Monitor, Moon, Plus, Search, Settings, Sun, Users } from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { roleWords, useWorkspace } from '../api/rights.ts'
import { useCommandStore } from '../stores/command-store.ts'
import { useSession } from '../stores/session-store.ts'
import { useTheme } from '../stores/theme-store.ts'
import { initialsOf } from '../ui/initials.ts'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../ui/menu.tsx'
import { CreateWorkspaceDialog } from './create-workspace-dialog.tsx'

export function UserMenu({ isOpen, className }: { isOpen: boolean; className: string }) {
  const user = useSession((session) => session.user)
  const signOut = useSession((session) => session.signOut)
  const { theme, setTheme } = useTheme()
  const { setPaletteOpen, setShortcutListOpen } = useCommandStore()
  const navigate = useNavigate()
  const workspace = useWorkspace()
  const [isCreating, setCreating] = useState(false)
  if (user === null) return null
  return (
    <>
      <Menu
        side="right"
        align="end"
        trigger={
          <button type="button" aria-label={`${user.name}: account and theme`} className={clsx(className, 'sm:px-1.5')}>
            <span className="grid size-7 shrink-0 place-items-center rounded-full border border-line-strong bg-sunk text-micro font-title text-ink-2">
              {initialsOf(user.name)}
            </span>
            {isOpen && <span className="hidden truncate sm:inline">{user.name}</span>}
          </button>
        }
      >
        <MenuLabel>
          <span className="block text-base font-mid text-ink">{user.name}</span>
          {user.email}
        </MenuLabel>
        <MenuSeparator />
        <MenuLabel>
          <span className="block max-w-56 truncate">
            {workspace.name} · {roleWords[workspace.role].name}
          </span>
        </MenuLabel>
        <MenuItem icon={<Users />} onSelect={() => void navigate('/settings#members')}>
          Members
        </MenuItem>
        <MenuItem icon={<Plus />} onSelect={() => setCreating(true)}>
          New workspace…
        </MenuItem>
        <MenuSeparator />
        <MenuLabel>Theme</MenuLabel>
        <MenuItem icon={<Monitor />} checked={theme === 'system'} onSelect={() => setTheme('system')}>
          As the system
        </MenuItem>
        <MenuItem icon={<Sun />} checked={theme === 'light'} onSelect={() => setTheme('light')}>
          Light
        </MenuItem>
        <MenuItem icon={<Moon />} checked={theme === 'dark'} onSelect={() => setTheme('dark')}>
          Dark
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Search />} kbd="⌘K" onSelect={() => setPaletteOpen(true)}>
          Search and commands
        </MenuItem>
        <MenuItem icon={<Keyboard />} kbd="?" onSelect={() => setShortcutListOpen(true)}>
          Shortcuts
        </MenuItem>
        <MenuItem icon={<Settings />} onSelect={() => void navigate('/settings')}>
          Settings
        </MenuItem>
        <MenuSeparator />
        <MenuItem
          icon={<LogOut />}
          onSelect={() => {
            void signOut()
          }}
        >
          Sign out
        </MenuItem>
      </Menu>
      <CreateWorkspaceDialog open={isCreating} onOpenChange={setCreating} />
    </>
  )
}
