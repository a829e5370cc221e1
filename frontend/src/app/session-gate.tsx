import { Suspense, useEffect } from 'react'
import { Navigate, Outlet, useLocation } from 'react-router'
import { useSession } from '../stores/session-store.ts'
import { ErrorPage } from '../ui/error-page.tsx'
import { WheelMark } from '../ui/wheel-mark.tsx'
import { Replaced } from './replaced.tsx'

/** Between two tries to reach the server, in milliseconds. */
const tryAgainMs = 3000

/** Sends everyone to the door that fits: set-up, sign-in, or the page they asked for. */
export function SessionGate() {
  const phase = useSession((session) => session.phase)
  const location = useLocation()
  if (phase === 'booting') return <Booting />
  if (phase === 'unreachable') return <Unreachable />
  if (phase === 'replaced') return <Replaced />
  const at = location.pathname
  if (phase === 'setup') return at === '/setup' ? <Inside /> : <Navigate to="/setup" replace />
  if (phase === 'signed-out') {
    // An invitation shows what it is for before it asks who one is.
    if (at === '/sign-in' || at === '/join') return <Inside />
    const asked = at === '/' || at === '/setup' ? '' : `?next=${encodeURIComponent(at + location.search)}`
    return <Navigate to={`/sign-in${asked}`} replace />
  }
  return <Inside />
}

function Inside() {
  return (
    <Suspense>
      <Outlet />
    </Suspense>
  )
}

function Booting() {
  return (
    <div role="status" aria-label="Loading" className="grid h-dvh place-items-center">
      <WheelMark size={40} className="animate-late" />
    </div>
  )
}

function Unreachable() {
  const boot = useSession((session) => session.boot)
  useEffect(() => {
    const timer = setInterval(() => void boot(), tryAgainMs)
    return () => clearInterval(timer)
  }, [boot])
  return (
    <div className="grid h-dvh place-items-center">
      <ErrorPage title="The server does not answer" code="NETWORK" onRetry={() => void boot()}>
        It may be starting, or the network is down. This page tries again every few seconds; runs are stored and go on
        by themselves.
      </ErrorPage>
    </div>
  )
}
