import { useEffect, useRef } from 'react'
import { useNavigate, useRouteError } from 'react-router'
import { useConnectionState } from '../live/live-context.ts'
import { Button } from '../ui/button.tsx'
import { ErrorPage } from '../ui/error-page.tsx'

/** What a page shows that failed while it was loaded or drawn. The frame around it stays. */
export function RouteError() {
  const error = useRouteError()
  const navigate = useNavigate()
  const message = error instanceof Error ? error.message : String(error)
  // The network, or an update of the server: the old parts of the app are gone then.
  const isNotLoaded = /dynamically imported module|importing a module/i.test(message)
  useReloadOnReturn(isNotLoaded)
  return (
    <ErrorPage
      title={isNotLoaded ? 'This page could not be loaded' : 'This page stopped working'}
      code={message}
      onRetry={() => location.reload()}
      action={
        <Button variant="quiet" onClick={() => void navigate('/workflows')}>
          To the workflows
        </Button>
      }
    >
      {isNotLoaded
        ? 'The server is away, or Millrace was updated while this page was open. Load it anew to go on; nothing that is stored is lost.'
        : 'Something in it failed while it was drawn. Nothing that is stored is lost. Load it anew; runs go on meanwhile.'}
    </ErrorPage>
  )
}

/** A page that was not there because the server was away is loaded anew when the server is back. */
function useReloadOnReturn(isNotLoaded: boolean): void {
  const { status } = useConnectionState()
  const wasAway = useRef(false)
  useEffect(() => {
    if (!isNotLoaded) return
    if (status === 'offline') wasAway.current = true
    else if (status === 'live' && wasAway.current) location.reload()
  }, [isNotLoaded, status])
}
