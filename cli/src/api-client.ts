import { randomUUID } from 'node:crypto'
import { ErrorAnswer } from '@millrace/shared/api/page'
import type { z } from 'zod'
import { CliError } from './cli-error.ts'

export interface ApiRequest<Schema extends z.ZodType> {
  /** What the answer must look like. */
  schema: Schema
  body?: unknown
  query?: Record<string, string | number | undefined>
}

/** Speaks the public HTTP API of one server. */
export interface ApiClient {
  /** Throws CliError with the server's own code, SERVER_AWAY or UNEXPECTED_ANSWER. */
  request<Schema extends z.ZodType>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    request: ApiRequest<Schema>,
  ): Promise<z.output<Schema>>
}

/** An upload of 20 files of 50 MB on a slow line is the longest call. Milliseconds. */
const requestTimeoutMs = 15 * 60_000
/** Every other answer takes less than this. Milliseconds. */
const answerTimeoutMs = 60_000

/**
 * @param credential an API key or an access token; null for the doors themselves
 * @param workspaceId for a token: which of the person's workspaces is meant; without it the one joined first
 */
export function createApiClient(url: string, credential: string | null, workspaceId?: string): ApiClient {
  return {
    async request(method, path, { schema, body, query }) {
      const isForm = body instanceof FormData
      const headers: Record<string, string> = { accept: 'application/json' }
      if (credential !== null) headers.authorization = `Bearer ${credential}`
      if (workspaceId !== undefined) headers['x-workspace-id'] = workspaceId
      if (body !== undefined && !isForm) headers['content-type'] = 'application/json'
      if (method === 'POST') headers['idempotency-key'] = randomUUID()
      const response = await send(url, path + queryText(query), {
        method,
        headers,
        // A redirect would hand the key to whoever it names.
        redirect: 'error',
        signal: AbortSignal.timeout(isForm ? requestTimeoutMs : answerTimeoutMs),
        ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      })
      const parsed = parseJson(response.text)
      if (response.status >= 400) throw refusal(response.status, parsed)
      const answer = schema.safeParse(parsed)
      if (answer.success) return answer.data
      throw new CliError('UNEXPECTED_ANSWER', `${url} answered ${path} in a form that is not known.`)
    },
  }
}

async function send(url: string, path: string, init: RequestInit): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url + path, init)
    return { status: response.status, text: await response.text() }
  } catch (error) {
    const reason = error instanceof Error ? reasonOf(error) : String(error)
    throw new CliError('SERVER_AWAY', `${url} does not answer (${reason}).`)
  }
}

/** The innermost cause: `fetch` itself only says that it failed. */
function reasonOf(error: Error): string {
  const { cause } = error
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message
}

function refusal(status: number, body: unknown): CliError {
  const answer = ErrorAnswer.safeParse(body)
  if (!answer.success) {
    // What stands before the server speaks so while the server is away.
    const isPassing = status >= 500
    return new CliError('UNEXPECTED_ANSWER', `The server answered ${status} without a reason.`, { isPassing })
  }
  const { code, message, details } = answer.data
  return new CliError(code, [message, ...problemsOf(details)].join('\n  '))
}

/** What exactly is wrong, where the server says it field by field. */
function problemsOf(details: Record<string, unknown> | undefined): string[] {
  const listed = details?.problems ?? details?.issues
  if (!Array.isArray(listed)) return []
  return listed.flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null || !('message' in one)) return []
    const place = 'field' in one ? one.field : 'path' in one ? one.path : ''
    return [place ? `${String(place)}: ${String(one.message)}` : String(one.message)]
  })
}

function queryText(query: Record<string, string | number | undefined> = {}): string {
  const entries = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries)}`
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return undefined
  }
}
