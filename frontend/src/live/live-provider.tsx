import { type ReactNode, useEffect, useState } from 'react'
import { ListRefresh } from './list-refresh.tsx'
import { LiveContext } from './live-context.ts'
import { LostAtContext, useWatchedLoss } from './lost-at.ts'
import { createTabClient } from './tab-client.ts'

/** Holds the tab's socket while somebody is signed in, and keeps the lists fresh from it. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [client] = useState(createTabClient)
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
      <LostAtContext value={lostAt}>
        <ListRefresh />
        {children}
      </LostAtContext>
    </LiveContext>
  )
}
