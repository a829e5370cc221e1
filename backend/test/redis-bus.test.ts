import { randomUUID } from 'node:crypto'
import type { EventDraft } from '@millrace/shared/events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { channelOf } from '../src/events/redis-channels.ts'
import { executionTopic } from '../src/events/topic-name.ts'
import { createdDraft } from './delivery/memory-log.ts'
import { type BusProcess, openBusProcess, type Watcher } from './support/bus-process.ts'
import { anomaliesOf } from './support/event-checker.ts'
import { openTestPostgres, type TestDatabase } from './support/test-database.ts'
import { redisBinary, TestRedis } from './support/test-redis.ts'
import { waitUntil } from './support/wait-until.ts'

const owner = { workspaceId: 'ws-1', userId: 'ada' }
const notTested = redisBinary === '' ? ' (NOT TESTED: there is no Redis server here)' : ''

describe.skipIf(redisBinary === '')(`the bus over Redis${notTested}`, () => {
  let postgres: TestDatabase
  let redis: TestRedis
  /** Where events are stored. */
  let near: BusProcess
  /** Never polls within a test: what arrives here came through Redis, or because a gap was noticed. */
  let far: BusProcess
  /** Has Redis too, and looks into the log often. */
  let polling: BusProcess

  beforeAll(async () => {
    postgres = await openTestPostgres()
    redis = await TestRedis.open()
    const shared = { databaseUrl: postgres.url ?? '', redisUrl: redis.url }
    const never = 3_600_000
    near = await openBusProcess({ ...shared, pollIntervalMs: never, unansweredMax: 8 })
    far = await openBusProcess({ ...shared, pollIntervalMs: never })
    polling = await openBusProcess({ ...shared, pollIntervalMs: 100 })
    await connected()
  })

  afterAll(async () => {
    try {
      for (const one of [near, far, polling]) await one?.close()
    } finally {
      await redis?.close()
      await postgres?.close()
    }
  })

  const connected = () =>
    waitUntil(() => [near, far, polling].every(({ bus }) => bus.isConnected), { describe: () => 'all to be connected' })

  const channelIsJoined = async (executionId: string) => {
    const channel = channelOf(executionTopic(executionId))
    const [, count] = (await redis.command('pubsub', 'numsub', channel)) as [string, number]
    return count >= 3
  }

  /** A run that is being followed in all processes. */
  async function openRun() {
    const executionId = `run-${randomUUID()}`
    const workflow = { engineVersion: 1 as const, workflowId: 'w1', workflowName: 'W', workflowVersion: 1 }
    const plan = { ...workflow, nodes: [], edges: [], loops: [] }
    const row = { id: executionId, input: {}, startedByName: 'Ada' }
    await near.emitter.createExecution({ owner, row, plan, draft: createdDraft(executionId) })
    const watchers = [near, far, polling].map((one) => one.watch(executionId))
    await waitUntil(() => watchers.every(({ state }) => state.isFollowing), { describe: () => 'all to follow' })
    await waitUntil(() => channelIsJoined(executionId), { describe: () => 'the channel to be joined' })
    let offset = 0
    let seq = 1
    return {
      topic: executionTopic(executionId),
      watchers,
      /** Stores tokens one by one. */
      async emit(count: number, chunk = 'word ') {
        for (let index = 0; index < count; index += 1) {
          const node = { executionId, nodeId: 'n', nodePath: 'n', iteration: 1, attempt: 1 }
          const eventId = `n/node:stream/1/${offset}`
          const draft: EventDraft = { type: 'node:stream', eventId, timestamp: 1, ...node, offset, chunk, tokens: 1 }
          const [outcome] = await near.emitter.emit(owner, [draft])
          expect(outcome?.status).toBe('appended')
          offset += chunk.length
          seq += 1
        }
      },
      /** Everybody has everything until now, once and in order. */
      async arrived(meant: readonly Watcher[] = watchers) {
        const last = () => meant.map(({ seen }) => seen.at(-1)?.seq ?? 1)
        await waitUntil(() => last().every((number) => number >= seq), {
          intervalMs: 2,
          describe: () => `${seq} at all, but they are at ${last().join(', ')}`,
        })
        for (const { seen } of meant) {
          expect(anomaliesOf(seen, 1)).toEqual([])
          expect(seen.map((event) => event.seq)).toEqual(Array.from({ length: seq - 1 }, (_, index) => index + 2))
        }
      },
      async finish() {
        const outcome = { status: 'completed' as const, outputs: {} }
        await near.emitter.finalize(owner, {
          executionId,
          outcome,
          finishedAt: 2,
          duration: 1,
          nodes: [],
          eventIds: [],
        })
        await waitUntil(() => watchers.every(({ state }) => state.hasEnded), { describe: () => 'the end at all' })
        for (const { stop } of watchers) stop()
      },
    }
  }

  it('brings events to the readers of other processes, without a look into the log', async () => {
    const run = await openRun()
    const gapsBefore = far.bridge.filledGapCount
    await run.emit(100)
    await run.arrived()
    expect(far.bridge.filledGapCount).toBe(gapsBefore)
    expect(far.bus.receivedCount).toBeGreaterThanOrEqual(100)
    await run.finish()
  })

  it('brings word of a large event, which is then read from the log', async () => {
    const run = await openRun()
    const gapsBefore = far.bridge.filledGapCount
    await run.emit(1, 'x'.repeat(8192))
    await run.arrived()
    expect(far.bridge.filledGapCount).toBe(gapsBefore + 1)
    await run.emit(3)
    await run.arrived()
    await run.finish()
  })

  it('loses and doubles nothing when Redis is killed and comes back empty', async () => {
    const run = await openRun()
    await run.emit(20)
    await run.arrived()
    await redis.kill()
    await waitUntil(() => !near.bus.isConnected && !far.bus.isConnected, { describe: () => 'Redis to be missed' })
    const droppedBefore = near.bus.droppedCount
    await run.emit(30)
    // Its own readers need no Redis, and those who poll are only later.
    const [own, , often] = run.watchers
    await run.arrived([own, often].flatMap((watcher) => watcher ?? []))
    expect(near.bus.droppedCount - droppedBefore).toBeGreaterThanOrEqual(30)
    await redis.start()
    await run.arrived()
    await connected()
    expect(far.bus.reconnectCount).toBeGreaterThan(0)
    await run.emit(20)
    await run.arrived()
    await run.finish()
  })

  it('loses nothing when Redis is killed in the middle of a stream', async () => {
    const run = await openRun()
    const emitting = run.emit(200)
    await waitUntil(() => (run.watchers[1]?.seen.length ?? 0) > 20, { intervalMs: 1 })
    await redis.kill()
    await emitting
    await redis.start()
    await run.arrived()
    await connected()
    await run.finish()
  })

  it('looks into the log after the connection of a listener was cut', async () => {
    const run = await openRun()
    const emitting = run.emit(200)
    for (const enough of [20, 60, 120]) {
      await waitUntil(() => (run.watchers[1]?.seen.length ?? 0) > enough, { intervalMs: 1 })
      await redis.command('client', 'kill', 'type', 'pubsub')
    }
    await emitting
    await run.arrived()
    await connected()
    await run.finish()
  })

  it('keeps nothing in Redis that could be flushed', async () => {
    const run = await openRun()
    const emitting = run.emit(100)
    await waitUntil(() => (run.watchers[1]?.seen.length ?? 0) > 20, { intervalMs: 1 })
    expect(await redis.command('dbsize')).toBe(0)
    await redis.command('flushall')
    await emitting
    await run.arrived()
    await run.finish()
  })

  it('never waits for a Redis that hangs, and holds no more than so much for it', async () => {
    const run = await openRun()
    const { droppedCount: droppedBefore, publishedCount: publishedBefore } = near.bus
    redis.signal('SIGSTOP')
    try {
      await run.emit(40)
      expect(near.bus.droppedCount - droppedBefore).toBeGreaterThanOrEqual(40 - 8)
      const [own, , often] = run.watchers
      await run.arrived([own, often].flatMap((watcher) => watcher ?? []))
    } finally {
      redis.signal('SIGCONT')
    }
    await waitUntil(() => near.bus.publishedCount >= publishedBefore + 8, { describe: () => 'Redis to answer' })
    await run.emit(5)
    await run.arrived()
    await run.finish()
  })

  it('is not impressed by what others write into its channels', async () => {
    const run = await openRun()
    const channel = channelOf(run.topic)
    const before = far.bus.malformedCount
    for (const text of ['', '{', '[]', '{"from":"x","events":[{"seq":-1}]}', 'null']) {
      await redis.command('publish', channel, text)
    }
    // Well-formed, about a number that the log does not have: the log is what counts.
    const lie = { topic: run.topic, seq: 900, eventId: 'lie', type: 'node:stream', payload: null }
    await redis.command('publish', channel, JSON.stringify({ from: 'x', events: [lie] }))
    await waitUntil(() => far.bus.malformedCount >= before + 5)
    await run.emit(10)
    await run.arrived()
    await run.finish()
  })
})
