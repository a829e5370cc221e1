import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { EventStreamClient } from '../support/event-stream-client.ts'
import { openHttpApp, setUpOwner } from '../support/http-app.ts'
import { waitUntil } from '../support/wait-until.ts'

it('ends streams and waiting requests when the process leaves, and does not wait for them', async () => {
  const http = await openHttpApp()
  const token = await setUpOwner(http)
  await http.app.listen({ port: 0, host: '127.0.0.1' })
  const { body: workflows } = await http.send('GET', '/api/workflows', { token })
  const [workflow] = workflows['items'] as { id: string }[]
  const input = { topic: 'leaving' }
  const started = await http.send('POST', `/api/workflows/${workflow?.id}/executions`, { token, body: { input } })
  const port = (http.app.server.address() as AddressInfo).port
  const address = `http://127.0.0.1:${port}/api/executions/${started.body['executionId']}`
  const headers = { authorization: `Bearer ${token}` }
  const client = await EventStreamClient.open(`${address}/stream`, headers)
  // Told that nothing came; or cut, where the answer is later than the end of the server.
  const waiting = fetch(`${address}/events-stream?offset=now&live=long-poll`, { headers }).then(
    ({ status }) => status,
    () => 'cut',
  )
  await waitUntil(() => http.manager.stats().longPollCount === 1)
  const startedAt = performance.now()
  await Promise.all([http.close(), client.ended()])
  expect(performance.now() - startedAt).toBeLessThan(5000)
  expect([204, 'cut']).toContain(await waiting)
  expect(http.manager.stats()).toMatchObject({ connectionCount: 0, longPollCount: 0 })
})
