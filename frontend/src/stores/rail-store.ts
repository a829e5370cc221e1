import { create } from 'zustand'

const storageKey = 'millrace.rail'

/** Whether the left rail shows its labels. Remembered by this browser. */
export const useRail = create<{ isOpen: boolean; toggle: () => void }>()((set, get) => ({
  isOpen: read(),
  toggle: () => {
    const isOpen = !get().isOpen
    try {
      localStorage.setItem(storageKey, isOpen ? 'open' : 'closed')
    } catch {
      // Forbidden storage: it is forgotten with the page.
    }
    set({ isOpen })
  },
}))

function read(): boolean {
  try {
    return localStorage.getItem(storageKey) === 'open'
  } catch {
    return false
  }
}
