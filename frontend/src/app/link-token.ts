import type { LinkName } from '../api/link-address.ts'

/**
 * The secret of a link, taken out of the address bar: what stands there ends in the history and on pictures of the
 * screen. It is kept for this tab, so that a reload and a sign-in in between find it again.
 * @param name of the kind of link: each has a place of its own.
 */
export function takeLinkToken(name: LinkName): string | null {
  const found = decodeURIComponent(location.hash.slice(1))
  const key = `millrace.${name}-link`
  try {
    if (found === '') return sessionStorage.getItem(key)
    sessionStorage.setItem(key, found)
  } catch {
    // Forbidden storage: a reload needs the link again.
  }
  if (found === '') return null
  history.replaceState(history.state, '', location.pathname + location.search)
  return found
}

export function forgetLinkToken(name: LinkName): void {
  try {
    sessionStorage.removeItem(`millrace.${name}-link`)
  } catch {
    // There is none.
  }
}
