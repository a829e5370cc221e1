import type { DebugEntry } from '@millrace/shared/client/socket-client'
import { create } from 'zustand'

/** In `localStorage`: `1` shows what the socket says in the console. `?debug=ws` does it for one page. */
const storageKey = 'millrace:debug'

/** Whether the console shows what the socket says. */
export const useDebugFrames = create<{ isOn: boolean; turn: (isOn: boolean) => void }>()((set) => ({
  isOn: readSwitch(location.search, () => localStorage.getItem(storageKey)),
  turn: (isOn) => {
    try {
      if (isOn) localStorage.setItem(storageKey, '1')
      else localStorage.removeItem(storageKey)
    } catch {
      // Forbidden storage: the switch holds for this page.
    }
    set({ isOn })
  },
}))

export function readSwitch(search: string, stored: () => string | null): boolean {
  if (new URLSearchParams(search).get('debug') === 'ws') return true
  try {
    return stored() === '1'
  } catch {
    return false
  }
}

/** For the client's `debug`: it hands over no token. */
export function logFrame(entry: DebugEntry): void {
  if (!useDebugFrames.getState().isOn) return
  const { kind, at, ...rest } = entry
  // oxlint-disable-next-line no-console -- who switches this on looks at the console
  console.debug(`[millrace ${new Date(at).toISOString().slice(11, 23)}] ${kind}`, ...Object.values(rest))
}
