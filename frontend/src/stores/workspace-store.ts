import { create } from 'zustand'

const storageKey = 'millrace.workspace'

/** Which workspace this browser shows. Null: none was chosen, the server takes the one joined first. */
export const useChosenWorkspace = create<{ id: string | null; choose: (id: string | null) => void }>()((set) => ({
  id: read(),
  choose: (id) => {
    try {
      if (id === null) localStorage.removeItem(storageKey)
      else localStorage.setItem(storageKey, id)
    } catch {
      // Forbidden storage: the choice ends with the page.
    }
    set({ id })
  },
}))

function read(): string | null {
  try {
    return localStorage.getItem(storageKey)
  } catch {
    return null
  }
}
