import type { SocketClient } from '@millrace/shared/client/socket-client'
import { type ReactNode, useEffect, useState } from 'react'
import { ListRefresh } from './list-refresh.tsx'
import { LiveContext } from './live-context.ts'
import { createTabClient } from './tab-client.ts'

/** Holds the tab's socket while somebody is signed in, and keeps the lists fresh from it. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [client, setClient] = useState<SocketClient | null>(null)

  useEffect(() => {
    const created = createTabClient()
    created.connect()
    setClient(created)
    const nudge = () => {
      if (document.visibilityState === 'visible') created.nudge()
    }
    window.addEventListener('online', nudge)
    document.addEventListener('visibilitychange', nudge)
    return () => {
      window.removeEventListener('online', nudge)
      document.removeEventListener('visibilitychange', nudge)
      created.close()
      setClient(null)
    }
  }, [])

  return (
    <LiveContext value={client}>
      <ListRefresh />
      {children}
    </LiveContext>
  )
}
