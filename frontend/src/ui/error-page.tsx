import { RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'

export interface ErrorPageProps {
  title: ReactNode
  /** What happened and what to do. */
  children?: ReactNode
  code?: string
  onRetry?: () => void
  action?: ReactNode
}

/** What a page or a pane shows instead of itself. */
export function ErrorPage({ title, children, code, onRetry, action }: ErrorPageProps) {
  return (
    <div role="alert" className="mx-auto flex max-w-md flex-col items-start px-6 py-16">
      <h1 className="text-t2">{title}</h1>
      {children !== undefined && <div className="mt-2 text-ink-2">{children}</div>}
      {code !== undefined && <code className="mt-3 font-mono text-small text-ink-3">{code}</code>}
      <div className="mt-5 flex gap-2">
        {onRetry !== undefined && (
          <Button variant="plain" icon={<RotateCw />} onClick={onRetry}>
            Try again
          </Button>
        )}
        {action}
      </div>
    </div>
  )
}
