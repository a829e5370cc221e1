import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { executionTopic } from '../../src/events/topic-name.ts'
import { ResponseTransport } from '../../src/routes/response-transport.ts'
import { sseWire } from '../../src/websocket/wires/sse-wire.ts'
import { EventStreamClient } from '../support/event-stream-client.ts'
import { waitUntil } from '../support/wait-until.ts'
import { ada, type DeliveryWorld, expectQuiet, openDeliveryWorld } from './delivery-world.ts'
import { logDraft, streamDraft } from './memory-log.ts'

const executionId = 'e1'
const topic = executionTopic(executionId)
/** Longer than a fragment, so that an event is written in parts. */
const chunk = 'ä"\n'.repeat(15_000)
/** Together far beyond what the buffers of both kernels take. */
const chunksCount = 150

let world: DeliveryWorld
let server: Server
let url: string

beforeEach(async () => {
  world = await openDeliveryWorld({ settings: { hopelessAfterMs: 1000 } })
  world.log.createTopic(topic, 'ws-1')
  server = createServer((request, response) => {
    const transport = new ResponseTransport(response)
    const connection = world.manager.accept(transport, ada, { address: '127.0.0.1', userAgent: null }, sseWire)
    if (connection === null) throw new Error('no limit is near')
    response.on('close', () => world.manager.handleClosed(connection))
    transport.start({ 'content-type': 'text/event-stream' }, ':\n\n')
    const since = Number(new URL(request.url ?? '/', 'http://localhost').searchParams.get('since'))
    void world.manager.follow(connection, { executionId, since })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  await expectQuiet(world.manager)
  server.closeAllConnections()
  server.close()
  await world.close()
})

function fill(): void {
  for (let index = 0; index < chunksCount; index += 1) {
    world.log.append(topic, [streamDraft(executionId, chunk, index * chunk.length)])
  }
}

/** A reader that takes the head of the answer and then nothing. */
function stall(address: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(address, { agent: false }, (response) => {
      response.pause()
      response.on('error', () => undefined)
      resolve(response)
    }).on('error', reject)
  })
}

it('carries events longer than a fragment whole, in order with what follows', async () => {
  const client = await EventStreamClient.open(`${url}/?since=0`, {})
  world.log.append(topic, [streamDraft(executionId, chunk, 0), logDraft(executionId, 'after')])
  await client.next('subscribed')
  if (client.events[1]?.event === 'caught_up') await client.next('caught_up')
  expect((await client.next('node:stream')).data['chunk']).toBe(chunk)
  expect((await client.next('node:log')).data['message']).toBe('after')
  client.close()
})

it('holds a bounded part of what a reader that stops has not read, keeps others going, and cuts it', async () => {
  const stalled = await stall(`${url}/?since=0`)
  const other = await EventStreamClient.open(`${url}/?since=0`, {})
  let heldMax = 0
  fill()
  await waitUntil(() => {
    heldMax = Math.max(heldMax, world.manager.stats().unsentBytes)
    return other.events.filter(({ event }) => event === 'node:stream').length === chunksCount
  })
  expect(heldMax).toBeGreaterThan(0)
  // Per reader: the high-water mark, one fragment above it, and the rest of the event that it belongs to.
  expect(heldMax).toBeLessThan(2 * (64 * 1024 + 32 * 1024 + 2 * Buffer.byteLength(JSON.stringify(chunk))))
  await waitUntil(() => world.manager.getConnectionCount() === 1)
  stalled.destroy()
  other.close()
})

it('lets a reader that was cut resume without a gap', async () => {
  const stalled = await stall(`${url}/?since=0`)
  fill()
  await waitUntil(() => world.manager.getConnectionCount() === 0)
  let text = ''
  stalled.setEncoding('utf8')
  stalled.on('data', (part: string) => {
    text += part
  })
  stalled.resume()
  await waitUntil(() => stalled.destroyed || stalled.readableEnded)
  // Only what ended with an empty line counts: an event that was cut in the middle is dropped by its reader.
  const whole = text.slice(0, text.lastIndexOf('\n\n'))
  const seen = [...whole.matchAll(/^id: \S+_(\d+)$/gm)].map(([, seq]) => Number(seq))
  const last = seen.at(-1) ?? 0
  expect(last).toBeLessThan(chunksCount)
  const again = await EventStreamClient.open(`${url}/?since=${last}`, {})
  await waitUntil(() => again.events.some(({ event }) => event === 'caught_up'))
  const rest = again.events.filter(({ event }) => event === 'node:stream').map(({ data }) => Number(data['seq']))
  expect([...seen, ...rest]).toEqual(Array.from({ length: chunksCount }, (_, index) => index + 1))
  again.close()
})
