import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { SuiteStream } from './suite-streams.ts'
import { bodyOf, needsBase64, sseDataOf, textsIn } from './wrapped-payload.ts'

export interface ReadRequest {
  request: IncomingMessage
  response: ServerResponse
  /** Null: a stream that is not there; the product is asked for one that it does not know either. */
  stream: SuiteStream | null
  /** As in the address, with the question mark. */
  query: string
}

/** Headers of the product's answer that describe its own body and not the one that the suite gets. */
const ownHeaders = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive'])

/**
 * The product's own route answers every read, over a real connection. What comes back is passed on as it is, except
 * that events are unwrapped to what the suite appended.
 */
export class StreamReads {
  readonly #base: string
  readonly #token: string

  constructor(base: string, token: string) {
    this.#base = base
    this.#token = token
  }

  async read({ request, response, stream, query }: ReadRequest): Promise<void> {
    const answer = await this.#ask(request, response, stream?.topic.executionId ?? 'nowhere', query)
    const status = answer.statusCode ?? 500
    const headers = headersOf(answer.headers)
    const isStream = answer.headers['content-type']?.startsWith('text/event-stream') === true
    if (stream === null || status !== 200) {
      response.writeHead(status, headers).end(await text(answer))
      return
    }
    if (isStream) return this.#unwrapStream(answer, response, stream, headers)
    headers['content-type'] = stream.contentType
    if (request.method === 'HEAD') {
      response.writeHead(200, { ...headers, ...timesOf(stream) }).end()
      return
    }
    const texts = textsIn(await text(answer))
    if (texts.length === 0 && query.includes('live=long-poll')) {
      // The event that closes is no message: who waits is told that nothing came.
      delete headers['content-type']
      response.writeHead(204, headers).end()
      return
    }
    response.writeHead(200, headers).end(bodyOf(stream.contentType, texts))
  }

  #ask(request: IncomingMessage, response: ServerResponse, executionId: string, query: string) {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const { host: _, connection: __, ...headers } = request.headers
    const asked = send(`${this.#base}/api/executions/${executionId}/events-stream${query}`, {
      method: request.method ?? 'GET',
      headers: request.method === 'OPTIONS' ? headers : { ...headers, authorization: `Bearer ${this.#token}` },
      agent: false,
    })
    asked.on('response', resolve).on('error', reject).end()
    response.on('close', () => asked.destroy())
    return promise
  }

  /** Line by line: an event at a time, as it comes. */
  async #unwrapStream(
    answer: IncomingMessage,
    response: ServerResponse,
    stream: SuiteStream,
    headers: IncomingHttpHeaders,
  ): Promise<void> {
    const encoding = needsBase64(stream.contentType) ? { 'stream-sse-data-encoding': 'base64' } : {}
    response.writeHead(200, { ...headers, ...encoding })
    response.flushHeaders()
    answer.on('error', () => response.end())
    let block: string[] = []
    for await (const line of createInterface({ input: Readable.from(answer), crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line !== '') {
        block.push(line)
        continue
      }
      const unwrapped = unwrapBlock(block, stream.contentType)
      block = []
      if (unwrapped !== null) response.write(unwrapped)
    }
    response.end()
  }
}

function unwrapBlock(lines: readonly string[], contentType: string): string | null {
  const [first, second = ''] = lines
  if (first !== 'event: data') return `${lines.join('\n')}\n\n`
  const data = sseDataOf(contentType, second.slice('data:'.length))
  return data === null ? null : `event: data\n${data}\n`
}

function headersOf(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ownHeaders.has(name)))
}

/** When it ends, which only the suite's streams do. */
function timesOf({ ttlSeconds, expiresAt }: SuiteStream): Record<string, string> {
  return {
    ...(ttlSeconds === null ? {} : { 'stream-ttl': String(ttlSeconds) }),
    ...(expiresAt === null ? {} : { 'stream-expires-at': expiresAt }),
  }
}
