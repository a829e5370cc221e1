import { type EventsPage, Execution, ExecutionSummary, StartedExecution } from '@millrace/shared/api/executions'
import { pageOf } from '@millrace/shared/api/page'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { http } from './http.ts'
import { queryKeys } from './query-keys.ts'
import { randomId } from './random-id.ts'

const executionPage = pageOf(ExecutionSummary)

export interface ExecutionFilter {
  workflowId?: string
  /** One status, or several with commas. */
  status?: string
}

/** Runs, newest first, page by page. */
export function useExecutions(filter: ExecutionFilter = {}, limit = 50) {
  return useInfiniteQuery({
    queryKey: [...queryKeys.executionList(filter), limit],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      http.request('GET', '/api/executions', {
        schema: executionPage,
        query: { ...filter, limit, cursor: pageParam },
        signal,
      }),
    getNextPageParam: (last) => last.nextCursor,
  })
}

export function useExecution(id: string | undefined) {
  return useQuery({
    queryKey: queryKeys.execution(id ?? ''),
    queryFn: ({ signal }) =>
      http.request('GET', `/api/executions/${encodeURIComponent(id ?? '')}`, { schema: Execution, signal }),
    enabled: id !== undefined,
  })
}

/** Events of a run from `since` (exclusive), at most 1,000 at a time, exactly as on the socket. */
export function getExecutionEvents(id: string, since: number, signal?: AbortSignal): Promise<EventsPage> {
  return http.request('GET', `/api/executions/${encodeURIComponent(id)}/events`, {
    query: { since, limit: 1000 },
    ...(signal ? { signal } : {}),
  }) as Promise<EventsPage>
}

/** Starts a run. The key makes a repeated try start one run only. */
export function startExecution(
  workflowId: string,
  input: Record<string, unknown>,
  idempotencyKey = randomId(),
): Promise<StartedExecution> {
  return http.request('POST', `/api/workflows/${encodeURIComponent(workflowId)}/executions`, {
    schema: StartedExecution,
    body: { input },
    idempotencyKey,
  })
}

export function useStartExecution(workflowId: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (input: Record<string, unknown>) => startExecution(workflowId, input),
    onSuccess: () => cache.invalidateQueries({ queryKey: [...queryKeys.executions, 'list'] }),
  })
}

export function cancelExecution(id: string, reason?: string): Promise<unknown> {
  return http.request('POST', `/api/executions/${encodeURIComponent(id)}/cancel`, {
    body: reason === undefined ? {} : { reason },
    idempotencyKey: randomId(),
  }) as Promise<unknown>
}

export function useCancelExecution() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => cancelExecution(id),
    onSuccess: () => cache.invalidateQueries({ queryKey: queryKeys.executions }),
  })
}

/** Holds a run, or lets it go on. Its events say when it does. */
export function useHoldExecution() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: ({ id, wish }: { id: string; wish: 'pause' | 'resume' }) =>
      http.request('POST', `/api/executions/${encodeURIComponent(id)}/${wish}`, {
        schema: StartedExecution,
        body: {},
        idempotencyKey: randomId(),
      }),
    onSuccess: () => cache.invalidateQueries({ queryKey: queryKeys.executions }),
  })
}
