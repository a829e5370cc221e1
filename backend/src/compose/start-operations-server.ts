import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { LoggerPort } from '@millrace/temporal/ports'
import type { HealthReporter } from '../health/health-reporter.ts'
import type { MetricsText } from '../routes/metrics.ts'
import type { Closers } from './closers.ts'

/** Longest time for a scraper to send its request, milliseconds. */
const requestTimeoutMs = 10_000

/**
 * Health and metrics on a port of their own, for a network that only operators reach: nobody is asked who they
 * are. The one page of a process that serves no API. Rejects with EADDRINUSE and its kin. Answers the port.
 */
export async function startOperationsServer(
  { host, port }: { host: string; port: number },
  { health, metrics, logger }: { health: HealthReporter; metrics: MetricsText; logger: LoggerPort },
  closers: Closers,
): Promise<number> {
  const server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
    answer(request, response, { health, metrics }).catch((error: unknown) => {
      logger.error({ tag: 'operations-page-failed', err: error }, 'Could not answer an operator')
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, resolve)
  })
  closers.push('operations server', async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

async function answer(
  { method, url }: IncomingMessage,
  response: ServerResponse,
  { health, metrics }: { health: HealthReporter; metrics: MetricsText },
): Promise<void> {
  const path = method === 'GET' || method === 'HEAD' ? (url ?? '').split('?', 1)[0] : undefined
  const send = (status: number, type: string, text: string) =>
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text)
  if (path === '/metrics') send(200, metrics.contentType, await metrics.render())
  else if (path === '/live') send(200, 'application/json', JSON.stringify({ status: 'ok' }))
  else if (path === '/ready') {
    const report = await health.report()
    send(health.isReady(report) ? 200 : 503, 'application/json', JSON.stringify(report))
  } else send(404, 'application/json', JSON.stringify({ code: 'NOT_FOUND' }))
}
