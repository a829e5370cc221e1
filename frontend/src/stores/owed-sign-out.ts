const storageKey = 'millrace.sign-out-owed'

/** Somebody left while the server did not answer: their cookie is still good, and must end before anybody goes on. */
export function isSignOutOwed(): boolean {
  try {
    return localStorage.getItem(storageKey) !== null
  } catch {
    // Forbidden storage remembers nothing.
    return false
  }
}

export function oweSignOut(isOwed: boolean): void {
  try {
    if (isOwed) localStorage.setItem(storageKey, '1')
    else localStorage.removeItem(storageKey)
  } catch {
    // Then it is remembered as long as the page.
  }
}
