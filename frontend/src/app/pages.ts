import { type ComponentType, lazy } from 'react'

/** Where each page's code is. It is fetched when the page is first opened, or before by `preloadPages`. */
const loads = {
  answer: () => import('../pages/answer/answer-page.tsx'),
  join: () => import('../pages/join/join-page.tsx'),
  shared: () => import('../pages/shared/shared-page.tsx'),
  setup: () => import('../pages/setup/setup-page.tsx'),
  signIn: () => import('../pages/sign-in/sign-in-page.tsx'),
  workflows: () => import('../pages/workflows/workflows-page.tsx'),
  workflow: () => import('../pages/workflow/workflow-page.tsx'),
  executions: () => import('../pages/executions/executions-page.tsx'),
  execution: () => import('../pages/execution/execution-page.tsx'),
  inbox: () => import('../pages/inbox/inbox-page.tsx'),
  knowledge: () => import('../pages/knowledge/knowledge-page.tsx'),
  knowledgeBase: () => import('../pages/knowledge/knowledge-base-page.tsx'),
  settings: () => import('../pages/settings/settings-page.tsx'),
} satisfies Record<string, () => Promise<{ default: ComponentType }>>

export type PageName = keyof typeof loads

/** The page as a component. Not the router's own `lazy`: a failed one leaves it with nothing to draw. */
export function lazyPage(name: PageName): ComponentType {
  return lazy(loads[name])
}

/** Fetches all pages, so that they open at once, also while the server is away. Failures show when a page is opened. */
export function preloadPages(): void {
  for (const load of Object.values(loads)) load().catch(() => undefined)
}
