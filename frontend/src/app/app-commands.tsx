import { useEffect, useEffectEvent, useMemo, useRef } from 'react'
import { useNavigate } from 'react-router'
import { type Command, useCommandStore, useCommands } from '../stores/command-store.ts'
import { useNoticeStore } from '../stores/notice-store.ts'
import { useRail } from '../stores/rail-store.ts'
import { useSession } from '../stores/session-store.ts'
import { useTheme } from '../stores/theme-store.ts'
import { isTyping } from '../ui/is-typing.ts'
import { sections } from './sections.tsx'

/** The second key of "G W" counts this long after the first, in milliseconds. */
const sequenceMs = 1200

/** Commands that are offered everywhere, and their keys. Draws nothing. */
export function AppCommands(): null {
  const navigate = useNavigate()
  const { setPaletteOpen, setShortcutListOpen } = useCommandStore()
  const toggleRail = useRail((rail) => rail.toggle)
  const setTheme = useTheme((theme) => theme.setTheme)
  const setNoticesOpen = useNoticeStore((notices) => notices.setListOpen)
  const signOut = useSession((session) => session.signOut)
  const goPressedAt = useRef(0)

  const commands = useMemo<Command[]>(
    () => [
      ...sections.map(({ path, label, key }) => ({
        id: `go:${path}`,
        label,
        section: 'Go to',
        shortcut: `G ${key}`,
        run: () => void navigate(path),
      })),
      {
        id: 'notices',
        label: 'Notices',
        section: 'Go to',
        shortcut: 'G N',
        keywords: 'bell notifications unread',
        run: () => setNoticesOpen(true),
      },
      {
        id: 'palette',
        label: 'Search and commands',
        section: 'Everywhere',
        shortcut: '⌘K',
        hidden: true,
        run: () => setPaletteOpen(true),
      },
      {
        id: 'shortcuts',
        label: 'List of shortcuts',
        section: 'Everywhere',
        shortcut: '?',
        run: () => setShortcutListOpen(true),
      },
      {
        id: 'rail',
        label: 'Show or hide the labels of the rail',
        section: 'Everywhere',
        shortcut: '[',
        run: toggleRail,
      },
      {
        id: 'theme-light',
        label: 'Theme: light',
        section: 'Everywhere',
        keywords: 'bright',
        run: () => setTheme('light'),
      },
      { id: 'theme-dark', label: 'Theme: dark', section: 'Everywhere', keywords: 'night', run: () => setTheme('dark') },
      { id: 'theme-system', label: 'Theme: as the system', section: 'Everywhere', run: () => setTheme('system') },
      { id: 'sign-out', label: 'Sign out', section: 'Everywhere', run: () => void signOut() },
    ],
    [navigate, setPaletteOpen, setShortcutListOpen, toggleRail, setTheme, signOut, setNoticesOpen],
  )
  useCommands('app', commands)

  const handleKey = useEffectEvent((event: KeyboardEvent) => {
    if ((event.metaKey || event.ctrlKey) && !event.shiftKey && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      setPaletteOpen(!useCommandStore.getState().isPaletteOpen)
      return
    }
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return
    if (event.key === '?') return setShortcutListOpen(true)
    if (event.key === '[') return toggleRail()
    if (event.key === 'g') {
      goPressedAt.current = Date.now()
      return
    }
    if (Date.now() - goPressedAt.current > sequenceMs) return
    goPressedAt.current = 0
    if (event.key === 'n') {
      event.preventDefault()
      event.stopPropagation()
      return setNoticesOpen(true)
    }
    const section = sections.find(({ key }) => key.toLowerCase() === event.key.toLowerCase())
    if (section === undefined) return
    event.preventDefault()
    void navigate(section.path)
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => handleKey(event)
    // Before the page's own keys, so that the second key of a sequence is not taken for a command of the page.
    window.addEventListener('keydown', listener, true)
    return () => window.removeEventListener('keydown', listener, true)
  }, [])
  return null
}
