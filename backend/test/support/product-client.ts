import type { Execution } from '@millrace/shared/api/executions'
import type { Prompt } from '@millrace/shared/api/prompts'
import type { Workflow } from '@millrace/shared/api/workflows'
import type { WorkflowEvent } from '@millrace/shared/events'
import type { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import { waitUntil } from './wait-until.ts'

export const owner = { email: 'owner@example.com', password: 'correct horse battery', name: 'Olive Owner' }

interface Answer<T> {
  status: number
  body: T
}

/** Speaks the public HTTP API as a stranger's program would. */
export class ProductClient {
  readonly baseUrl: string
  token: string

  constructor(baseUrl: string, token = '') {
    this.baseUrl = baseUrl
    this.token = token
  }

  /** Sets the owner up where there is none yet; signs in otherwise. */
  static async signedIn(baseUrl: string): Promise<ProductClient> {
    const client = new ProductClient(baseUrl)
    const { body } = await client.request<{ setupRequired: boolean }>('GET', '/api/auth/state')
    const path = body.setupRequired ? '/api/auth/setup' : '/api/auth/login'
    const answer = await client.request<{ accessToken: string }>('POST', path, owner)
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    client.token = answer.body.accessToken
    return client
  }

  async request<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const isForm = body instanceof FormData
    const response = await fetch(this.baseUrl + path, {
      method,
      headers: {
        ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T }
  }

  /** As `request`, but anything other than success throws. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.request<T>(method, path, body)
    if (answer.status >= 300)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  createWorkflow(
    name: string,
    definition: { nodes: unknown[]; edges: unknown[] } | WorkflowDefinition,
  ): Promise<Workflow> {
    return this.call('POST', '/api/workflows', { name, definition })
  }

  async start(workflowId: string, input: Record<string, unknown> = {}): Promise<string> {
    return (await this.call<{ executionId: string }>('POST', `/api/workflows/${workflowId}/executions`, { input }))
      .executionId
  }

  execution(executionId: string): Promise<Execution> {
    return this.call('GET', `/api/executions/${executionId}`)
  }

  /** All events of a run, page by page. */
  async events(executionId: string): Promise<WorkflowEvent[]> {
    const events: WorkflowEvent[] = []
    for (;;) {
      const since = events.at(-1)?.seq ?? 0
      const page = await this.call<{ items: WorkflowEvent[]; head: number }>(
        'GET',
        `/api/executions/${executionId}/events?since=${since}&limit=1000`,
      )
      events.push(...page.items)
      if (page.items.length === 0 || (events.at(-1)?.seq ?? 0) >= page.head) return events
    }
  }

  async waitForStatus(executionId: string, statuses: string[], timeoutMs = 60_000): Promise<Execution> {
    let last: Execution | null = null
    await waitUntil(
      async () => {
        last = await this.execution(executionId)
        return statuses.includes(last.status)
      },
      {
        timeoutMs,
        intervalMs: 100,
        describe: () => `${executionId} is ${statuses.join(' or ')}, now ${JSON.stringify(last)}`,
      },
    )
    return this.execution(executionId)
  }

  async openPrompt(executionId: string): Promise<Prompt> {
    let found: Prompt | undefined
    await waitUntil(
      async () => {
        const { items } = await this.call<{ items: Prompt[] }>('GET', '/api/prompts?status=open&limit=100')
        found = items.find((prompt) => prompt.executionId === executionId)
        return found !== undefined
      },
      { timeoutMs: 60_000, intervalMs: 100, describe: () => `a question of ${executionId}` },
    )
    if (found === undefined) throw new Error('unreachable')
    return found
  }

  answer(
    requestId: string,
    response: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<{ accepted?: boolean; code?: string }>> {
    return this.request('POST', `/api/prompts/${encodeURIComponent(requestId)}/response`, { response }, headers)
  }
}
