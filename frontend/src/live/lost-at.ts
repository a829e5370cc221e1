import type { SocketClient } from '@millrace/shared/client/socket-client'
import { createContext, useContext, useEffect, useState } from 'react'

/** When the connection was lost, in epoch milliseconds; null while there is one, and before the first. */
export const LostAtContext = createContext<number | null>(null)

export function useLostAt(): number | null {
  return useContext(LostAtContext)
}

/** Watches a client for `LostAtContext`. Tries in between do not count as a connection. */
export function useWatchedLoss(client: SocketClient): number | null {
  const [lostAt, setLostAt] = useState<number | null>(null)
  useEffect(() => {
    let wasConnected = false
    return client.onState(({ status }) => {
      if (status === 'live' || status === 'catching-up') {
        wasConnected = true
        setLostAt(null)
      } else if (wasConnected && status !== 'idle') {
        setLostAt((before) => before ?? Date.now())
      }
    })
  }, [client])
  useEffect(() => {
    // Style sheets still what moves: nobody knows whether it moves.
    document.documentElement.toggleAttribute('data-offline', lostAt !== null)
    return () => void document.documentElement.toggleAttribute('data-offline', false)
  }, [lostAt])
  return lostAt
}
