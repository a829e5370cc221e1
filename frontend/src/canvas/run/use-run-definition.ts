import { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { http } from '../../api/http.ts'
import type { HttpClient } from '../../api/http-client.ts'
import { queryKeys } from '../../api/query-keys.ts'

const RunDefinition = z.object({
  workflowId: z.string(),
  workflowName: z.string(),
  workflowVersion: z.int(),
  definition: WorkflowDefinition,
})
export type RunDefinition = z.output<typeof RunDefinition>

/** The drawing of the version that a run carries; it never changes. */
export function useRunDefinition(executionId: string, client: Pick<HttpClient, 'request'> = http) {
  return useQuery({
    queryKey: [...queryKeys.execution(executionId), 'definition'],
    queryFn: ({ signal }) =>
      client.request('GET', `/api/executions/${encodeURIComponent(executionId)}/definition`, {
        schema: RunDefinition,
        signal,
      }),
    staleTime: Infinity,
  })
}
