import { create } from 'zustand'

export type Theme = 'system' | 'light' | 'dark'

const storageKey = 'millrace.theme'

interface ThemeState {
  theme: Theme
  setTheme: (theme: Theme) => void
}

/** The chosen theme of this browser. `system` leaves the choice to `prefers-color-scheme`. */
export const useTheme = create<ThemeState>()((set) => ({
  theme: readTheme(),
  setTheme: (theme) => {
    try {
      localStorage.setItem(storageKey, theme)
    } catch {
      // Storage may be forbidden; the choice then lasts as long as the page.
    }
    applyTheme(theme)
    set({ theme })
  },
}))

export function readTheme(): Theme {
  try {
    const stored = localStorage.getItem(storageKey)
    return stored === 'light' || stored === 'dark' ? stored : 'system'
  } catch {
    return 'system'
  }
}

/** Puts the theme on the document; the tokens do the rest. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
