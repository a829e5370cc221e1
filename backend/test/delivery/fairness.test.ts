import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { waitUntil } from '../support/wait-until.ts'
import { type DeliveryWorld, expectQuiet, openDeliveryWorld } from './delivery-world.ts'
import { completedDraft, createdDraft, logDraft, streamDraft } from './memory-log.ts'
import { RawClient } from './raw-client.ts'

const chunk = 'x'.repeat(1000)

describe('S12 news of one run and the text of another', () => {
  let world: DeliveryWorld
  let client: RawClient
  beforeEach(async () => {
    world = await openDeliveryWorld()
    for (const id of ['busy', 'calm']) {
      world.log.createTopic(`execution:${id}`, 'ws-1')
      world.log.append(`execution:${id}`, [createdDraft(id)])
    }
    client = await RawClient.open(world.url)
  })
  afterEach(async () => {
    await client.close()
    await expectQuiet(world.manager)
    await world.close()
  })
  const subscribe = (executionId: string, since: number) => client.send({ type: 'subscribe', executionId, since })
  const placeOf = (type: string, executionId: string) =>
    client.frames.findIndex((frame) => frame.type === type && frame['executionId'] === executionId)
  const write = (count: number) => {
    const drafts = Array.from({ length: count }, (_, index) => streamDraft('busy', chunk, index * chunk.length))
    world.log.append('execution:busy', drafts)
  }

  it('share a connection: a control event passes megabytes that were there before it', async () => {
    subscribe('busy', 1)
    subscribe('calm', 1)
    await waitUntil(() => placeOf('caught_up', 'busy') > 0 && placeOf('caught_up', 'calm') > 0)
    write(3000)
    world.log.append('execution:calm', [logDraft('calm', 'asked')])
    await waitUntil(() => client.frames.filter(({ type }) => type === 'node:stream').length === 3000)
    const texts = client.frames.slice(0, placeOf('node:log', 'calm')).filter(({ type }) => type === 'node:stream')
    // One write holds about fifty of them, one share of it seven.
    expect(texts.length).toBeLessThan(20)
  })

  it('share a connection: catching up with a long run does not hold up the news of another', async () => {
    // Far more than is sent between two looks.
    write(20_000)
    subscribe('calm', 1)
    subscribe('busy', 0)
    await waitUntil(() => placeOf('subscribed', 'busy') > 0, { intervalMs: 0 })
    world.log.append('execution:calm', [logDraft('calm', 'asked')])
    await waitUntil(() => placeOf('caught_up', 'busy') > 0, { timeoutMs: 10_000 })
    expect(placeOf('node:log', 'calm')).toBeGreaterThan(0)
    expect(placeOf('node:log', 'calm')).toBeLessThan(placeOf('caught_up', 'busy') / 2)
  })

  it('share a connection: every end is told, wherever a share of a write ends', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `run-${index}`)
    for (const [index, id] of ids.entries()) {
      world.log.createTopic(`execution:${id}`, 'ws-1')
      subscribe(id, 0)
      // Below the rate at which messages are taken.
      if (index % 20 === 19) await waitUntil(() => placeOf('subscribed', id) > 0)
    }
    await waitUntil(() => ids.every((id) => placeOf('caught_up', id) > 0))
    for (const [index, id] of ids.entries()) {
      // The last event begins within a share and ends beyond it for some of them.
      world.log.append(`execution:${id}`, [logDraft(id, 'x'.repeat(7500 + 10 * index)), completedDraft(id)])
    }
    await waitUntil(() => ids.every((id) => placeOf('ended', id) > 0))
  })

  it('share a process: who follows another run hears of it while thousands of chunks are written', async () => {
    const readers = await Promise.all(Array.from({ length: 10 }, () => RawClient.open(world.url)))
    for (const reader of readers) reader.send({ type: 'subscribe', executionId: 'busy', since: 1 })
    subscribe('calm', 1)
    await waitUntil(() => readers.every(({ frames }) => frames.at(-1)?.type === 'caught_up'))
    write(3000)
    world.log.append('execution:calm', [logDraft('calm', 'asked')])
    await waitUntil(() => placeOf('node:log', 'calm') > 0, { intervalMs: 0 })
    const told = readers.map(({ frames }) => frames.filter(({ type }) => type === 'node:stream').length)
    expect(Math.min(...told)).toBeLessThan(3000)
    await waitUntil(() =>
      readers.every(({ frames }) => frames.filter(({ type }) => type === 'node:stream').length === 3000),
    )
    await Promise.all(readers.map((reader) => reader.close()))
  })
})
