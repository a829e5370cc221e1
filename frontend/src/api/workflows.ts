import { pageOf } from '@millrace/shared/api/page'
import {
  type CreateWorkflow,
  NodeTypeInfo,
  Template,
  TemplateSummary,
  type UpdateWorkflow,
  ValidationResult,
  Workflow,
  WorkflowSummary,
} from '@millrace/shared/api/workflows'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { http } from './http.ts'
import { queryKeys } from './query-keys.ts'
import { randomId } from './random-id.ts'

const workflowPage = pageOf(WorkflowSummary)

/** Pages read for the list: search and sorting work on all of them in the browser. */
const pagesMax = 10

async function readAllWorkflows(signal: AbortSignal): Promise<WorkflowSummary[]> {
  const items: WorkflowSummary[] = []
  let cursor: string | undefined
  for (let page = 0; page < pagesMax; page++) {
    const answer = await http.request('GET', '/api/workflows', {
      schema: workflowPage,
      query: { limit: 200, cursor },
      signal,
    })
    items.push(...answer.items)
    cursor = answer.nextCursor
    if (cursor === undefined) break
  }
  return items
}

/** All workflows (at most 2,000), newest change first. */
export function useWorkflows() {
  return useQuery({ queryKey: queryKeys.workflows, queryFn: ({ signal }) => readAllWorkflows(signal) })
}

export function getWorkflow(id: string, signal?: AbortSignal): Promise<Workflow> {
  return http.request('GET', `/api/workflows/${encodeURIComponent(id)}`, {
    schema: Workflow,
    ...(signal ? { signal } : {}),
  })
}

export function useWorkflow(id: string) {
  return useQuery({ queryKey: queryKeys.workflow(id), queryFn: ({ signal }) => getWorkflow(id, signal) })
}

export function createWorkflow(body: CreateWorkflow): Promise<Workflow> {
  return http.request('POST', '/api/workflows', { schema: Workflow, body, idempotencyKey: randomId() })
}

export function useCreateWorkflow() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: createWorkflow,
    onSuccess: (workflow) => {
      cache.setQueryData(queryKeys.workflow(workflow.id), workflow)
      return cache.invalidateQueries({ queryKey: queryKeys.workflows, exact: true })
    },
  })
}

/** Saves a change that began from `version`. Throws ApiError VERSION_CONFLICT when somebody saved in between. */
export function saveWorkflow(id: string, body: UpdateWorkflow): Promise<Workflow> {
  return http.request('PUT', `/api/workflows/${encodeURIComponent(id)}`, { schema: Workflow, body })
}

export function useSaveWorkflow(id: string) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (body: UpdateWorkflow) => saveWorkflow(id, body),
    onSuccess: (workflow) => {
      cache.setQueryData(queryKeys.workflow(id), workflow)
      return cache.invalidateQueries({ queryKey: queryKeys.workflows, exact: true })
    },
  })
}

export function deleteWorkflow(id: string): Promise<void> {
  return http.request('DELETE', `/api/workflows/${encodeURIComponent(id)}`) as Promise<void>
}

export function validateWorkflow(definition: unknown, signal?: AbortSignal): Promise<ValidationResult> {
  return http.request('POST', '/api/workflows/validate', {
    schema: ValidationResult,
    body: { definition },
    ...(signal ? { signal } : {}),
  })
}

export function useTemplates() {
  return useQuery({
    queryKey: queryKeys.templates,
    queryFn: async ({ signal }) =>
      (await http.request('GET', '/api/templates', { schema: pageOf(TemplateSummary), signal })).items,
    staleTime: Infinity,
  })
}

export function useTemplate(id: string | undefined) {
  return useQuery({
    queryKey: queryKeys.template(id ?? ''),
    queryFn: ({ signal }) =>
      http.request('GET', `/api/templates/${encodeURIComponent(id ?? '')}`, { schema: Template, signal }),
    enabled: id !== undefined,
    staleTime: Infinity,
  })
}

export function createFromTemplate(templateId: string, name?: string): Promise<Workflow> {
  return http.request('POST', `/api/templates/${encodeURIComponent(templateId)}/workflows`, {
    schema: Workflow,
    body: name === undefined ? {} : { name },
    idempotencyKey: randomId(),
  })
}

export function useCreateFromTemplate() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (templateId: string) => createFromTemplate(templateId),
    onSuccess: (workflow) => {
      cache.setQueryData(queryKeys.workflow(workflow.id), workflow)
      return cache.invalidateQueries({ queryKey: queryKeys.workflows, exact: true })
    },
  })
}

/** What the server can run: types of steps, and why some are not available. */
export function useNodeTypes() {
  return useQuery({
    queryKey: queryKeys.nodeTypes,
    queryFn: async ({ signal }) =>
      (await http.request('GET', '/api/node-types', { schema: pageOf(NodeTypeInfo), signal })).items,
    staleTime: 5 * 60_000,
  })
}
