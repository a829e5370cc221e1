import { afterEach, expect, test } from 'vitest'
import type { EventReader } from '../../src/events/event-reader.ts'
import { RecordedLogger } from '../support/recorded-logger.ts'
import { waitUntil } from '../support/wait-until.ts'
import { type DeliveryWorld, openDeliveryWorld } from './delivery-world.ts'
import { createdDraft, logDraft, type MemoryLog } from './memory-log.ts'
import { type Frame, RawClient } from './raw-client.ts'

const topic = 'execution:e1'
const execution = { executionId: 'e1' }
/** Nothing of what was stored before is in memory. */
const settings = { ringBytesMax: 600 }

let world: DeliveryWorld
let logger: RecordedLogger

async function open(reader?: (log: MemoryLog) => EventReader) {
  logger = new RecordedLogger()
  world = await openDeliveryWorld({ settings, logger, ...(reader === undefined ? {} : { reader }) })
  world.log.createTopic(topic, 'ws-1')
  world.log.append(topic, [createdDraft('e1'), ...Array.from({ length: 19 }, () => logDraft('e1'))])
}
afterEach(async () => {
  await waitUntil(() => world.manager.stats().connectionCount === 0)
  await world.close()
})

/** A log whose rows some other program has taken away; its heads know nothing of that. */
const without = (isGone: (seq: number) => boolean) => (log: MemoryLog) => ({
  head: (name: string) => log.head(name),
  heads: (names: readonly string[]) => log.heads(names),
  read: async (name: string, afterSeq: number, limit: number) =>
    (await log.read(name, afterSeq, 1000)).filter(({ seq }) => !isGone(seq)).slice(0, limit),
})

const seqsOf = (frames: readonly Frame[]) => frames.flatMap(({ seq, eventId }) => (eventId === undefined ? [] : [seq]))
const isTold = (client: RawClient, type: string) => waitUntil(() => client.frames.some((frame) => frame.type === type))

test('counts a hole in the log, tells the reader that continuity is lost, and goes on behind it', async () => {
  await open(without((seq) => seq === 8))
  const client = await RawClient.open(world.url)
  client.send({ type: 'subscribe', ...execution, since: 2 })
  await isTold(client, 'caught_up')
  world.log.append(topic, [logDraft('e1')])
  await waitUntil(() => client.frames.at(-1)?.['seq'] === 21)
  expect(seqsOf(client.frames)).toEqual([3, 4, 5, 6, 7, 21])
  const types = client.frames.map(({ type }) => type).filter((type) => type !== 'node:log')
  expect(types).toEqual(['connected', 'subscribed', 'resync', 'snapshot', 'caught_up'])
  const snapshot = client.frames.find(({ type }) => type === 'snapshot')
  expect(snapshot).toMatchObject({ seq: 20, state: { seq: 20 } })

  const { violationCount, violations } = world.manager.stats()
  expect(violations).toEqual({ order: 0, gap: violationCount, duplicate: 0, isolation: 0 })
  expect(violationCount).toBeGreaterThan(0)
  const told = logger.tagged('invariant-violation')
  expect(told).toHaveLength(violationCount)
  expect(told[0]).toMatchObject({ level: 'error', fields: { violation: 'gap', topic } })
  expect(logger.tagged('log-unreadable')).toEqual([])

  // The next viewers are shown what there is, and nothing is said again.
  const late = await RawClient.open(world.url)
  late.send({ type: 'subscribe', ...execution })
  await isTold(late, 'caught_up')
  expect(late.frames.find(({ type }) => type === 'snapshot')).toMatchObject({ seq: 21 })
  expect(world.manager.stats().violationCount).toBe(violationCount)
  await Promise.all([client.close(), late.close()])
})

test('ends the subscription when the end of the log is lost, and does not try for ever', async () => {
  await open(without((seq) => seq > 8))
  const client = await RawClient.open(world.url)
  client.send({ type: 'subscribe', ...execution })
  await isTold(client, 'error')
  expect(client.frames.at(-1)).toMatchObject({ type: 'error', ...execution, code: 'INTERNAL' })
  expect(world.manager.stats().violations).toEqual({ order: 0, gap: 1, duplicate: 0, isolation: 0 })
  expect(world.manager.getExecutionSubscriberCount('e1')).toBe(0)
  await client.close()
})

test('takes a log that began anew unheard for no hole', async () => {
  await open()
  const first = await RawClient.open(world.url)
  first.send({ type: 'subscribe', ...execution })
  await isTold(first, 'caught_up')
  world.log.isMute = true
  world.log.beginAnew(topic, 'epoch-2', 6)
  const client = await RawClient.open(world.url)
  client.send({ type: 'subscribe', ...execution, since: 2 })
  await isTold(client, 'caught_up')
  expect(client.frames.findLast(({ type }) => type === 'snapshot')).toMatchObject({ seq: 6, epoch: 'epoch-2' })
  expect(client.frames.some(({ type }) => type === 'error')).toBe(false)
  expect(world.manager.stats().violationCount).toBe(0)
  await Promise.all([first.close(), client.close()])
})
