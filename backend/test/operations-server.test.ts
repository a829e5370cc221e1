import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Closers } from '../src/compose/closers.ts'
import { startOperationsServer } from '../src/compose/start-operations-server.ts'
import { createHealthReporter } from '../src/health/health-reporter.ts'
import { createLogger } from '../src/logging/create-logger.ts'
import { MetricsPage } from '../src/metrics/metrics-page.ts'
import { silentLogger } from './support/silent-logger.ts'

let closers = new Closers()
let isAway = false

afterEach(() => closers.closeAll(createLogger({ level: 'silent', format: 'json' }, process.stderr)))
beforeEach(() => {
  closers = new Closers()
})

async function open(port = 0): Promise<string> {
  const database = async () => {
    if (isAway) throw new Error('away')
    return undefined
  }
  const health = createHealthReporter({ database }, { version: '1', startedAt: Date.now() })
  const parts = { health, metrics: new MetricsPage(), logger: silentLogger }
  return `http://127.0.0.1:${await startOperationsServer({ host: '127.0.0.1', port }, parts, closers)}`
}

test('O03 tells health and metrics to whoever reaches the port, and nothing else', async () => {
  const url = await open()
  const statusOf = async (path: string, method = 'GET') => (await fetch(url + path, { method })).status
  expect(await statusOf('/live')).toBe(200)
  expect(await statusOf('/ready')).toBe(200)
  expect(await statusOf('/metrics?x=1')).toBe(200)
  expect(await statusOf('/metrics', 'POST')).toBe(404)
  expect(await statusOf('/api/me')).toBe(404)
  expect((await fetch(`${url}/metrics`)).headers.get('content-type')).toContain('text/plain')
})

test('is not ready while a needed part is away', async () => {
  isAway = true
  const url = await open()
  expect((await fetch(`${url}/ready`)).status).toBe(503)
  expect((await fetch(`${url}/live`)).status).toBe(200)
  isAway = false
})

test('says at once that the port is taken', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const address = holder.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await expect(open(port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  holder.close()
})
