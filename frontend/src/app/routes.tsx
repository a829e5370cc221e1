import { Suspense } from 'react'
import { createBrowserRouter, Navigate, Outlet } from 'react-router'
import { Frame } from './frame.tsx'
import { NotFound } from './not-found.tsx'
import { lazyPage, type PageName } from './pages.ts'
import { RouteError } from './route-error.tsx'
import { SessionGate } from './session-gate.tsx'

function page(path: string, name: PageName) {
  const Page = lazyPage(name)
  return { path, element: <Page />, errorElement: <RouteError /> }
}

/** The site map. `basename`: the path under which the product is mounted. */
export function createAppRouter(basename: string) {
  return createBrowserRouter(
    [
      // Guests have no session: nothing asks for one here.
      {
        element: (
          <Suspense>
            <Outlet />
          </Suspense>
        ),
        errorElement: <RouteError />,
        children: [page('/shared', 'shared'), page('/answer', 'answer')],
      },
      {
        element: <SessionGate />,
        errorElement: <RouteError />,
        children: [
          page('/setup', 'setup'),
          page('/sign-in', 'signIn'),
          page('/join', 'join'),
          {
            element: <Frame />,
            children: [
              { path: '/', element: <Navigate to="/workflows" replace /> },
              page('/workflows', 'workflows'),
              page('/workflows/:id', 'workflow'),
              page('/executions', 'executions'),
              page('/executions/:id', 'execution'),
              page('/inbox', 'inbox'),
              page('/knowledge', 'knowledge'),
              page('/knowledge/:id', 'knowledgeBase'),
              page('/settings', 'settings'),
              { path: '*', element: <NotFound /> },
            ],
          },
        ],
      },
    ],
    { basename: basename === '' ? '/' : basename },
  )
}
