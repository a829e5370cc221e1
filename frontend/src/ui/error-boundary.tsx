import type { ReactNode } from 'react'
import { ErrorBoundary as Boundary, type FallbackProps } from 'react-error-boundary'
import { ErrorPage } from './error-page.tsx'

/** Keeps a fault of one page or pane from taking the rest along. A change of `resetKey` tries again. */
export function ErrorBoundary({ children, resetKey }: { children: ReactNode; resetKey?: string }) {
  return (
    <Boundary resetKeys={[resetKey]} FallbackComponent={Stopped}>
      {children}
    </Boundary>
  )
}

function Stopped({ error, resetErrorBoundary }: FallbackProps) {
  return (
    <ErrorPage
      title="This page stopped working"
      code={error instanceof Error ? error.message : String(error)}
      onRetry={resetErrorBoundary}
    >
      Something in it failed while it was drawn. Nothing that is stored is lost. Try again; if it happens again, load
      the page anew.
    </ErrorPage>
  )
}
