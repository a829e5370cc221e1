import type { LinkName } from '../api/link-address.ts'

/**
 * The secret of a link, taken out of the address bar: what stands there ends in the history and on pictures of the
 * screen. It is kept for this tab, so that a reload and a sign-in in between find it again.
 * Null: there is none, or what stands there was mangled on its way and is no whole one.
 * @param name of the kind of link: each has a place of its own.
 */
export function takeLinkToken(name: LinkName): string | null {
  const found = decoded(location.hash.slice(1))
  const key = `millrace.${name}-link`
  if (found === null) {
    // Not the link before it either, which was meant for something else.
    forgetLinkToken(name)
    clearAddress()
    return null
  }
  try {
    if (found === '') return sessionStorage.getItem(key)
    sessionStorage.setItem(key, found)
  } catch {
    // Forbidden storage: a reload needs the link again.
  }
  if (found === '') return null
  clearAddress()
  return found
}

function decoded(hash: string): string | null {
  try {
    return decodeURIComponent(hash)
  } catch {
    return null
  }
}

function clearAddress(): void {
  history.replaceState(history.state, '', location.pathname + location.search)
}

export function forgetLinkToken(name: LinkName): void {
  try {
    sessionStorage.removeItem(`millrace.${name}-link`)
  } catch {
    // There is none.
  }
}
