import type { LookupFunction } from 'node:net'
import { AppError, errorCodeOf } from '@millrace/shared/errors/app-error'
import type { HttpNodeRequest, HttpNodeResponse, HttpPort } from '@millrace/temporal/ports'
import { Agent, type Dispatcher, request as send } from 'undici'
import { type AddressPolicy, createGuardedConnector } from './guarded-connector.ts'
import { headersForOtherOrigin, parseTargetUrl, requestHeaders } from './http-request-parts.ts'
import { parseBody, readBody } from './http-response-body.ts'

export interface HttpClientOptions extends AddressPolicy {
  /** Largest body that is read, after decompression. */
  responseBytesMax: number
  /** Stands in for the system's resolver in tests. */
  lookup?: LookupFunction | undefined
}

export const httpClientDefaults = {
  allowPrivateAddresses: false,
  allowedHosts: [],
  responseBytesMax: 5 * 1024 * 1024,
} as const satisfies HttpClientOptions

const redirectsMax = 5
const redirectBodyBytesMax = 16 * 1024
const connectTimeoutMs = 10_000
/** A builder's loop over one host must not open a connection per round. */
const connectionsPerOriginMax = 16

export interface HttpClient extends HttpPort {
  close(): Promise<void>
}

/** Calls addresses for workflows: public ones only unless set otherwise, with bounds on time, size and redirects. */
export function createHttpClient(options: HttpClientOptions = httpClientDefaults): HttpClient {
  const agent = new Agent({
    connect: createGuardedConnector(options, connectTimeoutMs, options.lookup),
    connections: connectionsPerOriginMax,
    // One deadline for the whole request, made by the signal below.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  return {
    async request(request) {
      const deadline = AbortSignal.timeout(request.timeoutMs)
      const signal = AbortSignal.any([request.signal, deadline])
      try {
        return await follow(agent, request, {
          signal,
          bytesMax: options.responseBytesMax,
          onProgress: request.onProgress,
        })
      } catch (error) {
        request.signal.throwIfAborted()
        if (deadline.aborted)
          throw new AppError(
            'NODE_TIMEOUT',
            { timeoutMs: request.timeoutMs },
            { message: `No complete answer within ${request.timeoutMs} ms.` },
          )
        throw errorCodeOf(error) === null ? requestFailed(error) : error
      }
    },
    // Not `close`: nothing is left to be waited for once the worker has drained.
    close: () => agent.destroy(),
  }
}

interface Bounds {
  signal: AbortSignal
  bytesMax: number
  onProgress: HttpNodeRequest['onProgress']
}

async function follow(agent: Agent, request: HttpNodeRequest, bounds: Bounds): Promise<HttpNodeResponse> {
  let url = parseTargetUrl(request.url)
  let method = request.method
  let headers = requestHeaders(request)
  let body = method === 'HEAD' || request.body === '' ? undefined : request.body
  for (let redirects = 0; ; redirects++) {
    const response = await send(url, {
      dispatcher: agent,
      method: method as Dispatcher.HttpMethod,
      headers,
      body: body ?? null,
      signal: bounds.signal,
    })
    const location = redirectOf(response)
    if (location === null) return await read(response, method, bounds)
    // Read off what little there is, so that the connection can be used again.
    await response.body.dump({ limit: redirectBodyBytesMax, signal: bounds.signal })
    if (redirects === redirectsMax) {
      throw new AppError(
        'HTTP_REQUEST_FAILED',
        { redirectsMax },
        { message: `The address redirects more than ${redirectsMax} times.` },
      )
    }
    const target = parseTargetUrl(location, url)
    if (target.origin !== url.origin) headers = headersForOtherOrigin(headers)
    // RFC 9110 §15.4: 303 asks for a GET; after 301 and 302 everybody sends one in place of a POST.
    if (response.statusCode === 303 ? method !== 'HEAD' : method === 'POST' && response.statusCode < 303) {
      method = 'GET'
      body = undefined
      const { 'content-type': _, ...others } = headers
      headers = others
    }
    url = target
  }
}

function redirectOf({ statusCode, headers }: Dispatcher.ResponseData): string | null {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return null
  return typeof headers.location === 'string' && headers.location !== '' ? headers.location : null
}

async function read(
  response: Dispatcher.ResponseData,
  method: string,
  { bytesMax, onProgress }: Bounds,
): Promise<HttpNodeResponse> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  const hasBody = method !== 'HEAD' && response.statusCode !== 204 && response.statusCode !== 304
  const encoding = hasBody ? headers['content-encoding'] : undefined
  // Of a compressed body the length on the wire says nothing about the one that is counted.
  const totalBytes = encoding === undefined ? lengthOf(headers['content-length']) : null
  const bytes = await readBody(response.body, encoding, { bytesMax, totalBytes, onProgress })
  return {
    status: response.statusCode,
    statusText: response.statusText,
    headers,
    body: parseBody(bytes, headers['content-type'] ?? ''),
    bytes: bytes.byteLength,
  }
}

function lengthOf(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : null
}

/** The reason is a code such as ECONNREFUSED, ENOTFOUND or CERT_HAS_EXPIRED; headers and body stay out of it. */
function requestFailed(error: unknown): AppError {
  const reason = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
  return new AppError(
    'HTTP_REQUEST_FAILED',
    { reason },
    { message: `The request did not get an answer (${reason}).`, cause: error },
  )
}
