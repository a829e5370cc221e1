import { useEffect, useState } from 'react'
import type { LinkName } from '../api/link-address.ts'
import { takeLinkToken } from './link-token.ts'

/** The secret that the page was opened with, or opened anew with: a second link may be pasted into the same tab. */
export function useLinkToken(name: LinkName): string | null {
  const [token, setToken] = useState(() => takeLinkToken(name))
  useEffect(() => {
    const handleHash = () => setToken(takeLinkToken(name))
    window.addEventListener('hashchange', handleHash)
    return () => window.removeEventListener('hashchange', handleHash)
  }, [name])
  return token
}
