import type { z } from 'zod'
import { ApiError } from './api-error.ts'
import type { TokenKeeper } from './token-keeper.ts'

export type QueryValues = Record<string, string | number | undefined>

export interface RequestOptions<Schema extends z.ZodType> {
  /** What the answer must look like. Checked while developing and testing; trusted in the built app. */
  schema?: Schema
  body?: unknown
  query?: QueryValues
  signal?: AbortSignal
  /** Makes a repeated POST count once. */
  idempotencyKey?: string
  /** Another workspace than the chosen one. */
  workspaceId?: string
  /** False for the doors themselves: no token is sent and a 401 is an answer like any other. */
  authenticated?: boolean
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface HttpClient {
  /** The parsed JSON answer; undefined for an empty one. Throws ApiError. */
  request<Schema extends z.ZodType>(
    method: Method,
    path: string,
    options?: RequestOptions<Schema>,
  ): Promise<z.output<Schema>>
}

export interface HttpClientDeps {
  tokens: TokenKeeper
  /** The cookie is no longer good: the session is over. */
  onSignedOut: () => void
  /** Which workspace requests are about; null leaves it to the server. */
  workspaceId?: () => string | null
  /** The server refused what this page thought allowed: what it knows of its rights is old. */
  onRefused?: () => void
  checkAnswers: boolean
  /** Before every path; empty when the product is mounted at the root. */
  basePath?: string
  fetch?: typeof fetch
}

export function createHttpClient({
  tokens,
  onSignedOut,
  workspaceId = () => null,
  onRefused = () => undefined,
  checkAnswers,
  basePath = '',
  fetch: send = (...a) => fetch(...a),
}: HttpClientDeps): HttpClient {
  async function once(
    method: Method,
    path: string,
    options: RequestOptions<z.ZodType>,
    token: string | null,
  ): Promise<Response> {
    const { body, query, signal, idempotencyKey } = options
    const headers = new Headers({ accept: 'application/json' })
    const isForm = body instanceof FormData
    if (body !== undefined && !isForm) headers.set('content-type', 'application/json')
    if (token !== null) headers.set('authorization', `Bearer ${token}`)
    const workspace = token === null || isOfNoWorkspace(path) ? null : (options.workspaceId ?? workspaceId())
    if (workspace !== null) headers.set('x-workspace-id', workspace)
    if (idempotencyKey !== undefined) headers.set('idempotency-key', idempotencyKey)
    try {
      return await send(basePath + path + queryText(query), {
        method,
        headers,
        credentials: 'same-origin',
        ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      })
    } catch (cause) {
      throw noAnswer(cause, signal)
    }
  }

  /** Whoever has signed in meanwhile keeps their session. */
  function tellSignedOut() {
    if (tokens.current() === null) onSignedOut()
  }

  return {
    async request(method, path, options = {}) {
      const isOpen = options.authenticated === false
      const signIn = tokens.signIn()
      const token = isOpen ? null : await tokens.fresh()
      if (!isOpen && tokens.signIn() !== signIn) {
        tellSignedOut()
        throw new ApiError(401, 'NOT_AUTHENTICATED', 'This was not sent: its sign-in has ended. Sign in and try again.')
      }
      let response = await once(method, path, options, token)
      // What one person asked for is never asked for again as the next.
      if (response.status === 401 && !isOpen && tokens.signIn() === signIn) {
        // One renewal for all requests that meet the same expiry, and one second try for each.
        const renewed = await tokens.renew()
        if (renewed === null) tellSignedOut()
        else if (tokens.signIn() === signIn) response = await once(method, path, options, renewed.accessToken)
      }
      const answer = await readJson(response, options.signal)
      if (!response.ok) {
        const refusal = toApiError(response.status, answer)
        if (!isOpen && (refusal.code === 'FORBIDDEN' || refusal.code === 'WORKSPACE_NOT_FOUND')) onRefused()
        throw refusal
      }
      if (!checkAnswers || options.schema === undefined) return answer as never
      const parsed = options.schema.safeParse(answer)
      if (parsed.success) return parsed.data
      throw new ApiError(
        response.status,
        'UNEXPECTED_ANSWER',
        `${method} ${path} answered in another form than agreed.`,
        {
          details: { issues: parsed.error.issues },
        },
      )
    },
  }
}

/** Who one is and where one belongs is not asked in a workspace, and is answered also when the chosen one is gone. */
function isOfNoWorkspace(path: string): boolean {
  return /^\/api\/(auth|me|workspaces|invitations)\b/.test(path)
}

function queryText(query: QueryValues | undefined): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {}))
    if (value !== undefined && value !== '') search.set(key, String(value))
  return search.size === 0 ? '' : `?${search}`
}

/** Who gave up is told by what they gave up with; a limit of time is no answer like any other. */
function noAnswer(cause: unknown, signal: AbortSignal | undefined): unknown {
  const isTimeout = signal?.reason instanceof DOMException && signal.reason.name === 'TimeoutError'
  if (signal?.aborted === true && !isTimeout) return cause
  return new ApiError(0, 'NETWORK', 'The server does not answer. Check the connection; nothing was lost.')
}

async function readJson(response: Response, signal: AbortSignal | undefined): Promise<unknown> {
  const text = await response.text().catch((cause: unknown) => {
    throw noAnswer(cause, signal)
  })
  if (text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    // A proxy's page instead of the API's answer.
    throw new ApiError(
      response.status,
      'UNEXPECTED_ANSWER',
      'Something between this page and the server answered instead of it. Try again in a moment.',
    )
  }
}

function toApiError(status: number, answer: unknown): ApiError {
  const body = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>
  return new ApiError(
    status,
    typeof body.code === 'string' ? body.code : 'UNEXPECTED_ANSWER',
    typeof body.message === 'string' ? body.message : `The server answered with status ${status}.`,
    {
      ...(typeof body.details === 'object' && body.details !== null
        ? { details: body.details as Record<string, unknown> }
        : {}),
      ...(typeof body.requestId === 'string' ? { requestId: body.requestId } : {}),
    },
  )
}
