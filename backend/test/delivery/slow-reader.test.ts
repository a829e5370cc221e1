import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { anomaliesOf } from '../support/event-checker.ts'
import { waitUntil } from '../support/wait-until.ts'
import { type DeliveryWorld, expectQuiet, openDeliveryWorld } from './delivery-world.ts'
import { logDraft } from './memory-log.ts'
import { RawClient } from './raw-client.ts'

function kernelSocket(client: RawClient): Socket {
  const { _socket: socket } = client.socket as unknown as { _socket: Socket }
  return socket
}

const eventsOf = (client: RawClient) => client.frames.filter(({ type }) => type === 'node:log') as never[]

describe('a reader that does not read', () => {
  let world: DeliveryWorld
  afterEach(async () => {
    await expectQuiet(world.manager)
    await world.close()
  })

  it('costs bounded memory, delays nobody, and gets everything once it reads again', async () => {
    world = await openDeliveryWorld()
    world.log.createTopic('execution:e1', 'ws-1')
    const [slow, quick] = [await RawClient.open(world.url), await RawClient.open(world.url)]
    for (const client of [slow, quick]) client.send({ type: 'subscribe', executionId: 'e1', since: 0 })
    await waitUntil(() => [slow, quick].every(({ frames }) => frames.at(-1)?.type === 'caught_up'))
    kernelSocket(slow).pause()

    const total = 20_000
    for (let sent = 0; sent < total; sent += 200) {
      world.log.append(
        'execution:e1',
        Array.from({ length: 200 }, () => logDraft('e1', 'x'.repeat(800))),
      )
      await new Promise((resolve) => setImmediate(resolve))
    }
    await waitUntil(() => eventsOf(quick).length === total, { describe: () => `${eventsOf(quick).length} of ${total}` })
    expect(anomaliesOf(eventsOf(quick))).toEqual([])
    // 20 MB were published: more than a kernel buffers on both sides of a loopback connection.
    expect(eventsOf(slow).length).toBeLessThan(total)
    const { unsentBytes, ringBytes } = world.manager.stats()
    expect(unsentBytes).toBeLessThan(256 * 1024)
    expect(ringBytes).toBeLessThanOrEqual(1024 * 1024)

    kernelSocket(slow).resume()
    await waitUntil(() => eventsOf(slow).length === total, { describe: () => `${eventsOf(slow).length} of ${total}` })
    expect(anomaliesOf(eventsOf(slow))).toEqual([])
    await slow.close()
    await quick.close()
  })

  it('is closed with 1013 when it is hopeless, and resumes from its cursor', async () => {
    world = await openDeliveryWorld({ settings: { hopelessAfterMs: 200 } })
    world.log.createTopic('execution:e1', 'ws-1')
    const slow = await RawClient.open(world.url)
    slow.send({ type: 'subscribe', executionId: 'e1', since: 0 })
    await slow.next('subscribed')
    kernelSocket(slow).pause()
    const total = 20_000
    world.log.append(
      'execution:e1',
      Array.from({ length: total }, () => logDraft('e1', 'x'.repeat(800))),
    )
    await waitUntil(() => world.manager.getExecutionSubscriberCount('e1') === 0)
    kernelSocket(slow).resume()
    expect(await slow.ended()).toEqual({ code: 1013, reason: 'SLOW_CONSUMER' })
    const seen = eventsOf(slow)
    expect(anomaliesOf(seen)).toEqual([])

    const again = await RawClient.open(world.url)
    again.send({ type: 'subscribe', executionId: 'e1', since: seen.length })
    await waitUntil(() => again.frames.at(-1)?.type === 'caught_up')
    expect(anomaliesOf([...seen, ...eventsOf(again)])).toEqual([])
    expect(seen.length + eventsOf(again).length).toBe(total)
    await again.close()
  })
})
