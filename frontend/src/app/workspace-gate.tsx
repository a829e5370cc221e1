import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { describeError } from '../api/describe-error.ts'
import { rightsChangedEvent } from '../api/http.ts'
import { queryKeys } from '../api/query-keys.ts'
import { WorkspaceContext } from '../api/rights.ts'
import { useMe } from '../api/settings.ts'
import { useChosenWorkspace } from '../stores/workspace-store.ts'
import { QueryGate } from '../ui/query-gate.tsx'
import { NoWorkspace } from './no-workspace.tsx'

/** Settles which workspace the pages show and what its person may do there, and keeps both true. */
export function WorkspaceGate({ children }: { children: (workspaceId: string) => ReactNode }) {
  const me = useMe()
  const cache = useQueryClient()
  const { id: chosenId, choose } = useChosenWorkspace()
  const workspaces = me.data?.workspaces ?? []
  const current = workspaces.find(({ id }) => id === chosenId) ?? workspaces[0] ?? null
  // Requests name the workspace that is shown, also when nobody chose it.
  useEffect(() => {
    if (current !== null && current.id !== chosenId) choose(current.id)
  }, [current, chosenId, choose])

  useEffect(() => {
    const refetch = () => void cache.invalidateQueries({ queryKey: queryKeys.me })
    window.addEventListener(rightsChangedEvent, refetch)
    return () => window.removeEventListener(rightsChangedEvent, refetch)
  }, [cache])

  return (
    <QueryGate query={me} what="your workspaces" describe={describeError} loading={<></>}>
      {() => {
        if (current === null) return <NoWorkspace />
        if (current.id !== chosenId) return <></>
        return <WorkspaceContext value={current}>{children(current.id)}</WorkspaceContext>
      }}
    </QueryGate>
  )
}
