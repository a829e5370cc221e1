import { Suspense, useEffect } from 'react'
import { Navigate, Outlet, useLocation } from 'react-router'
import { ListRefresh } from '../live/list-refresh.tsx'
import { LiveProvider } from '../live/live-provider.tsx'
import { MembershipWatch } from '../live/membership-watch.tsx'
import { createTabClient } from '../live/tab-client.ts'
import { useSession } from '../stores/session-store.ts'
import { ErrorBoundary } from '../ui/error-boundary.tsx'
import { preloadMarkdown } from '../ui/markdown.tsx'
import { TopBarEndContext } from '../ui/top-bar.tsx'
import { AppCommands } from './app-commands.tsx'
import { CommandPalette } from './command-palette.tsx'
import { NoticeBell } from './notice-bell.tsx'
import { NoticeToasts } from './notice-toasts.tsx'
import { preloadPages } from './pages.ts'
import { Rail } from './rail.tsx'
import { ShortcutList } from './shortcut-list.tsx'
import { WorkspaceGate } from './workspace-gate.tsx'

/** The first page comes first; what is likely needed next follows after this, in milliseconds. */
const preloadAfterMs = 1500

/** The frame of every page behind the door: rail, page, palette, live connection. */
export function Frame() {
  const isSignedIn = useSession((session) => session.phase === 'signed-in')
  const { pathname } = useLocation()
  useEffect(() => {
    const timer = setTimeout(() => {
      preloadPages()
      preloadMarkdown()
    }, preloadAfterMs)
    return () => clearTimeout(timer)
  }, [])
  if (!isSignedIn) return <Navigate to="/" replace />
  return (
    <WorkspaceGate>
      {(workspaceId) => (
        // Another workspace is another socket and other pages: nothing of the former one stays in sight.
        <LiveProvider key={workspaceId} create={createTabClient}>
          <ListRefresh />
          <MembershipWatch />
          <NoticeToasts />
          <TopBarEndContext value={<NoticeBell />}>
            <Inside pathname={pathname} />
          </TopBarEndContext>
        </LiveProvider>
      )}
    </WorkspaceGate>
  )
}

function Inside({ pathname }: { pathname: string }) {
  return (
    <>
      <a
        href="#page"
        className="fixed top-2 left-2 z-60 -translate-y-16 rounded-control border bg-raised px-3 py-1.5 focus-visible:translate-y-0"
      >
        Skip to the page
      </a>
      <div className="flex h-dvh flex-col-reverse sm:flex-row">
        <Rail />
        <div id="page" className="flex min-h-0 min-w-0 flex-1 flex-col">
          <ErrorBoundary resetKey={pathname}>
            <Suspense>
              <Outlet />
            </Suspense>
          </ErrorBoundary>
        </div>
      </div>
      <AppCommands />
      <CommandPalette />
      <ShortcutList />
    </>
  )
}
