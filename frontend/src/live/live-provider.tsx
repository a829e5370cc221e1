import type { SocketClient } from '@millrace/shared/client/socket-client'
import { type ReactNode, useEffect, useState } from 'react'
import { LiveContext } from './live-context.ts'
import { LostAtContext, useWatchedLoss } from './lost-at.ts'

/**
 * Holds one socket while mounted.
 * @param create is asked once; another key of this component is another socket.
 */
export function LiveProvider({ create, children }: { create: () => SocketClient; children: ReactNode }) {
  const [client] = useState(create)
  const lostAt = useWatchedLoss(client)

  useEffect(() => {
    client.connect()
    const nudge = () => {
      if (document.visibilityState === 'visible') client.nudge()
    }
    // Also when the browser says that the network is gone: a socket without a cable looks alive for a minute.
    window.addEventListener('offline', nudge)
    window.addEventListener('online', nudge)
    document.addEventListener('visibilitychange', nudge)
    return () => {
      window.removeEventListener('offline', nudge)
      window.removeEventListener('online', nudge)
      document.removeEventListener('visibilitychange', nudge)
      client.close()
    }
  }, [client])

  return (
    <LiveContext value={client}>
      <LostAtContext value={lostAt}>{children}</LostAtContext>
    </LiveContext>
  )
}
