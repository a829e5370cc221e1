import { useEffect } from 'react'
import { create } from 'zustand'

/** Something a person can do. Menus, the palette and the list of shortcuts read the same objects. */
export interface Command {
  id: string
  label: string
  section: string
  /** Keys as shown, written for a Mac: `⌘↵`, `N`. Whoever registers the command also listens to them. */
  shortcut?: string
  /** More words that find it. */
  keywords?: string
  /** Only listed among the shortcuts. */
  hidden?: boolean
  run: () => void
}

interface CommandState {
  groups: Record<string, readonly Command[]>
  isPaletteOpen: boolean
  isShortcutListOpen: boolean
  setPaletteOpen: (open: boolean) => void
  setShortcutListOpen: (open: boolean) => void
}

/** Commands of what is on the screen now, by who offers them. */
export const useCommandStore = create<CommandState>()((set) => ({
  groups: {},
  isPaletteOpen: false,
  isShortcutListOpen: false,
  setPaletteOpen: (isPaletteOpen) => set({ isPaletteOpen }),
  setShortcutListOpen: (isShortcutListOpen) => set({ isShortcutListOpen }),
}))

/** Offers commands while mounted. Memoise the array: a new one registers anew. */
export function useCommands(owner: string, commands: readonly Command[]): void {
  useEffect(() => {
    useCommandStore.setState(({ groups }) => ({ groups: { ...groups, [owner]: commands } }))
    return () => {
      useCommandStore.setState(({ groups }) => {
        const { [owner]: _gone, ...rest } = groups
        return { groups: rest }
      })
    }
  }, [owner, commands])
}
