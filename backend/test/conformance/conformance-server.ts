import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type HttpApp, openHttpApp, setUpOwner } from '../support/http-app.ts'
import { StreamReads } from './stream-reads.ts'
import { StreamWrites } from './stream-writes.ts'
import { SuiteLog } from './suite-log.ts'
import { StreamRefusal, SuiteStreams } from './suite-streams.ts'
import { bodyBytesMax } from './wrapped-payload.ts'

export interface ConformanceServer {
  url: string
  close(): Promise<void>
}

/** How long a request waits for news here, milliseconds: above what the suite takes to append. */
export const longPollMs = 2000

/**
 * A server of Durable Streams for the vendor's suite: the product reads, and beside it stand the verbs that write,
 * which the product does not offer to anybody.
 */
export async function openConformanceServer(): Promise<ConformanceServer> {
  const http = await openHttpApp(
    { requestsPerMinuteMax: 1_000_000, allowedOrigins: ['https://example.com'] },
    {},
    { longPollMs, sweepIntervalMs: 200, connectionsPerUserMax: 1000, connectionsPerAddressMax: 1000 },
  )
  const token = await setUpOwner(http)
  await http.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = http.app.server.address() as AddressInfo
  const log = new SuiteLog(http, await ownerOf(http, token))
  const streams = new SuiteStreams(log)
  const writes = new StreamWrites(streams, log)
  const reads = new StreamReads(`http://127.0.0.1:${port}`, token)

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const [path = '', ...rest] = (request.url ?? '').split('?')
    const query = rest.length === 0 ? '' : `?${rest.join('?')}`
    const { method } = request
    if (method === 'PUT' || method === 'POST' || method === 'DELETE') {
      response.setHeader('x-content-type-options', 'nosniff')
      const body = await readBody(request)
      const write = { request, response, path, body }
      if (method === 'PUT') return writes.put(write)
      return method === 'POST' ? writes.post(write) : writes.delete(write)
    }
    const stream = await streams.find(path)
    if (stream?.isGone === true) throw new StreamRefusal(410, 'the stream is gone')
    if (stream !== null && method === 'GET') stream.touchedAt = Date.now()
    return reads.read({ request, response, stream, query })
  }
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => refuse(response, error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await http.close()
    },
  }
}

async function ownerOf(http: HttpApp, token: string) {
  const { body } = await http.send('GET', '/api/me', { token })
  const { user, workspaces } = body as unknown as { user: { id: string }; workspaces: { id: string }[] }
  return { userId: user.id, workspaceId: workspaces[0]?.id ?? '' }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= bodyBytesMax) chunks.push(chunk)
  }
  if (bytes > bodyBytesMax) throw new StreamRefusal(413, 'too much at once')
  return Buffer.concat(chunks)
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy()
  else if (error instanceof StreamRefusal) response.writeHead(error.status).end(error.message)
  else response.writeHead(500).end(String(error))
}
