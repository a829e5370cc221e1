const key = 'millrace.palette'

/** Whether this browser had the drawer of steps open. */
export function isPaletteRemembered(): boolean {
  try {
    return localStorage.getItem(key) === 'open'
  } catch {
    return false
  }
}

export function rememberPalette(isOpen: boolean): void {
  try {
    localStorage.setItem(key, isOpen ? 'open' : 'closed')
  } catch {
    // Storage may be forbidden; the drawer then begins closed.
  }
}
