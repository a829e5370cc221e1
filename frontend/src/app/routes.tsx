import type { ComponentType } from 'react'
import { createBrowserRouter, Navigate } from 'react-router'
import { Frame } from './frame.tsx'
import { NotFound } from './not-found.tsx'
import { RouteError } from './route-error.tsx'
import { SessionGate } from './session-gate.tsx'

/** Pages are loaded when they are first opened. */
function page(load: () => Promise<{ default: ComponentType }>) {
  return { lazy: async () => ({ Component: (await load()).default }), errorElement: <RouteError /> }
}

/** The site map. */
export function createAppRouter() {
  return createBrowserRouter([
    {
      element: <SessionGate />,
      hydrateFallbackElement: <></>,
      errorElement: <RouteError />,
      children: [
        { path: '/setup', ...page(() => import('../pages/setup/setup-page.tsx')) },
        { path: '/sign-in', ...page(() => import('../pages/sign-in/sign-in-page.tsx')) },
        {
          element: <Frame />,
          children: [
            { path: '/', element: <Navigate to="/workflows" replace /> },
            { path: '/workflows', ...page(() => import('../pages/workflows/workflows-page.tsx')) },
            { path: '/workflows/:id', ...page(() => import('../pages/workflow/workflow-page.tsx')) },
            { path: '/executions', ...page(() => import('../pages/executions/executions-page.tsx')) },
            { path: '/executions/:id', ...page(() => import('../pages/execution/execution-page.tsx')) },
            { path: '/inbox', ...page(() => import('../pages/inbox/inbox-page.tsx')) },
            { path: '/knowledge', ...page(() => import('../pages/knowledge/knowledge-page.tsx')) },
            { path: '/knowledge/:id', ...page(() => import('../pages/knowledge/knowledge-base-page.tsx')) },
            { path: '/settings', ...page(() => import('../pages/settings/settings-page.tsx')) },
            { path: '*', element: <NotFound /> },
          ],
        },
      ],
    },
  ])
}
