import { useQueryClient } from '@tanstack/react-query'
import clsx from 'clsx'
import { Keyboard, LogOut, Monitor, Moon, Search, Settings, Sun } from 'lucide-react'
import { useNavigate } from 'react-router'
import { useCommandStore } from '../stores/command-store.ts'
import { useSession } from '../stores/session-store.ts'
import { useTheme } from '../stores/theme-store.ts'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../ui/menu.tsx'

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/)
  return ((words[0]?.[0] ?? '') + (words.length > 1 ? (words.at(-1)?.[0] ?? '') : '')).toUpperCase()
}

export function UserMenu({ isOpen, className }: { isOpen: boolean; className: string }) {
  const user = useSession((session) => session.user)
  const signOut = useSession((session) => session.signOut)
  const { theme, setTheme } = useTheme()
  const { setPaletteOpen, setShortcutListOpen } = useCommandStore()
  const cache = useQueryClient()
  const navigate = useNavigate()
  if (user === null) return null
  return (
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
          void signOut().finally(() => cache.clear())
        }}
      >
        Sign out
      </MenuItem>
    </Menu>
  )
}
