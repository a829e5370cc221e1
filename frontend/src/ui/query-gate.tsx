import type { ReactNode } from 'react'
import { ErrorPage } from './error-page.tsx'
import { SkeletonRows } from './skeleton.tsx'

export interface QueryGateProps<Data> {
  query: { data: Data | undefined; error: unknown; refetch: () => unknown }
  /** What is being read: "the workflows". */
  what: string
  loading?: ReactNode
  describe: (error: unknown) => { message: string; code: string }
  children: (data: Data) => ReactNode
}

/** Data when there is some, an explanation when reading failed, a skeleton before. Old data outlives a failed renewal. */
export function QueryGate<Data>({ query, what, loading, describe, children }: QueryGateProps<Data>) {
  if (query.data !== undefined) return children(query.data)
  if (query.error === null || query.error === undefined) return loading ?? <SkeletonRows />
  const { message, code } = describe(query.error)
  return (
    <ErrorPage title={`Could not read ${what}`} code={code} onRetry={() => void query.refetch()}>
      {message}
    </ErrorPage>
  )
}
