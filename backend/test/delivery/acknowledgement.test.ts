import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { anomaliesOf } from '../support/event-checker.ts'
import { waitUntil } from '../support/wait-until.ts'
import { type DeliveryWorld, expectQuiet, openDeliveryWorld } from './delivery-world.ts'
import { logDraft } from './memory-log.ts'
import { type Frame, RawClient } from './raw-client.ts'

const settings = { unackedBytesMax: 64 * 1024, unackedMsMax: 600 }
const eventsOf = (client: RawClient) => client.frames.filter(({ type }) => type === 'node:log') as never[]

describe('acknowledgements', () => {
  let world: DeliveryWorld
  beforeEach(async () => {
    world = await openDeliveryWorld({ settings })
    world.log.createTopic('execution:e1', 'ws-1')
  })
  afterEach(async () => {
    await expectQuiet(world.manager)
    await world.close()
  })
  const follow = async (capabilities: string) => {
    const client = await RawClient.open(`${world.url}?capabilities=${capabilities}`)
    client.send({ type: 'subscribe', executionId: 'e1', since: 0 })
    await client.next('subscribed')
    await client.next('caught_up')
    return client
  }
  /** 100 KB, in lines of the log. */
  const append = () =>
    world.log.append(
      'execution:e1',
      Array.from({ length: 100 }, () => logDraft('e1', 'x'.repeat(1000))),
    )

  it('are granted to who asks, and unknown capabilities are passed over', async () => {
    const client = await RawClient.open(`${world.url}?capabilities=ack,telepathy,batch`)
    expect(client.frames[0]).toMatchObject({ type: 'connected', capabilities: ['batch', 'ack'] })
    await client.close()
    const plain = await RawClient.open(world.url)
    expect(plain.frames[0]).toMatchObject({ capabilities: [] })
    await plain.close()
  })

  it('that stay away show a network that swallows bytes: it closes with 1013, and the client resumes', async () => {
    const mute = await follow('ack')
    const speaking = await follow('ack')
    const unable = await follow('')
    append()
    await waitUntil(() => [mute, speaking, unable].every((client) => eventsOf(client).length === 100))
    speaking.send({ type: 'ack', executionId: 'e1', seq: 100 })
    expect(await mute.ended()).toEqual({ code: 1013, reason: 'SLOW_CONSUMER' })
    append()
    await waitUntil(() => eventsOf(speaking).length === 200 && eventsOf(unable).length === 200)
    speaking.send({ type: 'ack', executionId: 'e1', seq: 200 })

    const again = await RawClient.open(world.url)
    again.send({ type: 'subscribe', executionId: 'e1', since: 100 })
    await waitUntil(() => again.frames.at(-1)?.type === 'caught_up')
    expect(anomaliesOf([...eventsOf(mute), ...eventsOf(again)])).toEqual([])
    expect([speaking.closed, unable.closed]).toEqual([null, null])
    await Promise.all([speaking.close(), unable.close(), again.close()])
  })

  it('that come slowly are enough, for bytes do arrive', async () => {
    const slow = await follow('ack')
    for (let round = 0; round < 10; round += 1) append()
    await waitUntil(() => eventsOf(slow).length === 1000)
    const startedAt = Date.now()
    for (let seq = 100; seq <= 900; seq += 100) {
      slow.send({ type: 'ack', executionId: 'e1', seq })
      await waitUntil(() => Date.now() - startedAt > (seq / 100) * 100, { intervalMs: 10 })
    }
    // Half as long again as one may be silent about so much.
    expect([slow.closed, world.manager.stats().unackedBytes > settings.unackedBytesMax]).toEqual([null, true])
    await slow.close()
  })

  it('that lie change nothing: not what is told, and not that the close comes', async () => {
    const liar = await follow('ack')
    append()
    await waitUntil(() => eventsOf(liar).length === 100)
    for (const seq of [101, 10 ** 9, Number.MAX_SAFE_INTEGER, 0]) liar.send({ type: 'ack', executionId: 'e1', seq })
    for (const address of [{ executionId: 'nowhere' }, { channel: 'kb' }])
      liar.send({ type: 'ack', ...address, seq: 5 })
    liar.send({ type: 'ping' })
    await waitUntil(() => liar.frames.at(-1)?.type === 'pong')
    expect(liar.frames.filter(({ type }) => type === 'error')).toEqual([])
    append()
    await waitUntil(() => eventsOf(liar).length === 200)
    expect(anomaliesOf(eventsOf(liar))).toEqual([])
    expect(await liar.ended()).toEqual({ code: 1013, reason: 'SLOW_CONSUMER' })
  })

  it('are refused where they were not granted, and when they make no sense', async () => {
    const client = await follow('batch')
    client.send({ type: 'ack', executionId: 'e1', seq: 0, id: 1 })
    expect(await client.next('error')).toMatchObject({ id: 1, code: 'INVALID_INPUT' })
    for (const wrong of [{ seq: -1, executionId: 'e1' }, { seq: 1 }, { seq: 1.5, executionId: 'e1' }]) {
      client.send({ type: 'ack', ...wrong })
      const answer: Frame = await client.next('error')
      expect(answer).toMatchObject({ code: 'INVALID_INPUT' })
      // What is followed goes on, so the error must not read as its end.
      expect(answer).not.toHaveProperty('executionId')
    }
    await client.close()
  })
})
