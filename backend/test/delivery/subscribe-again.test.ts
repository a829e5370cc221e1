import { AppError } from '@millrace/shared/errors/app-error'
import { afterEach, describe, expect, it } from 'vitest'
import { createAuthorizeTopic } from '../../src/websocket/subscriptions/authorize-topic.ts'
import { waitUntil } from '../support/wait-until.ts'
import { type DeliverySeams, type DeliveryWorld, expectQuiet, openDeliveryWorld } from './delivery-world.ts'
import { createdDraft, logDraft } from './memory-log.ts'
import { RawClient } from './raw-client.ts'

const topic = 'execution:e1'
const own = createAuthorizeTopic(null)

describe('asking again for what is followed', () => {
  let world: DeliveryWorld
  afterEach(async () => {
    await expectQuiet(world.manager)
    await world.close()
  })

  async function follow(seams: DeliverySeams = {}, subscriptionsMax = 100): Promise<RawClient> {
    world = await openDeliveryWorld({ ...seams, settings: { subscriptionsMax } })
    world.log.createTopic(topic, 'ws-1')
    world.log.append(topic, [createdDraft('e1'), logDraft('e1'), logDraft('e1')])
    const client = await RawClient.open(world.url)
    client.send({ type: 'subscribe', executionId: 'e1', since: 3 })
    await client.next('subscribed')
    await client.next('caught_up')
    return client
  }

  it('leaves it as it was when the second wish cannot be met for the moment', async () => {
    let isAway = false
    const client = await follow({
      authorizeTopic: async (...asked) => {
        if (isAway) throw new AppError('DATABASE_UNAVAILABLE')
        return own(...asked)
      },
    })
    isAway = true
    client.send({ type: 'subscribe', id: 1, executionId: 'e1', since: 1 })
    expect(await client.next('error')).toMatchObject({ id: 1, code: 'DATABASE_UNAVAILABLE' })
    world.log.append(topic, [logDraft('e1')])
    expect(await client.next('node:log')).toMatchObject({ seq: 4 })
    await client.close()
  })

  it('goes on with the first until the last is open; what was asked in between is not answered', async () => {
    const waiting: (() => void)[] = []
    let isHeld = false
    const client = await follow({
      authorizeTopic: async (...asked) => {
        if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve))
        return own(...asked)
      },
    })
    isHeld = true
    client.send({ type: 'subscribe', id: 'between', executionId: 'e1', since: 0 })
    client.send({ type: 'subscribe', id: 'last', executionId: 'e1', since: 2 })
    await waitUntil(() => waiting.length === 2)
    world.log.append(topic, [logDraft('e1')])
    expect(await client.next('node:log')).toMatchObject({ seq: 4 })
    const [between, last] = waiting
    last?.()
    expect(await client.next('subscribed')).toMatchObject({ id: 'last', seq: 4 })
    between?.()
    world.log.append(topic, [logDraft('e1')])
    await waitUntil(() => client.frames.at(-1)?.seq === 5)
    client.send({ type: 'ping' })
    await waitUntil(() => client.frames.at(-1)?.type === 'pong')
    const after = client.frames.slice(client.frames.findIndex(({ id }) => id === 'last') + 1)
    expect(after.filter(({ type }) => type === 'node:log').map(({ seq }) => seq)).toEqual([3, 4, 5])
    expect(client.frames.some(({ id }) => id === 'between')).toBe(false)
    expect(world.manager.getExecutionSubscriberCount('e1')).toBe(1)
    await client.close()
  })

  it('needs no second place, and unsubscribing ends both', async () => {
    let release: () => void = () => undefined
    let isHeld = false
    const client = await follow(
      {
        authorizeTopic: async (...asked) => {
          if (isHeld) await new Promise<void>((resolve) => (release = resolve))
          return own(...asked)
        },
      },
      1,
    )
    isHeld = true
    client.send({ type: 'subscribe', id: 1, executionId: 'e1', since: 0 })
    client.send({ type: 'subscribe', id: 2, executionId: 'e2' })
    expect(await client.next('error')).toMatchObject({ id: 2, code: 'TOO_MANY_SUBSCRIPTIONS' })
    client.send({ type: 'unsubscribe', id: 3, executionId: 'e1' })
    expect(await client.next('unsubscribed')).toMatchObject({ id: 3 })
    release()
    world.log.append(topic, [logDraft('e1')])
    client.send({ type: 'ping', id: 4 })
    expect(await client.next('pong')).toMatchObject({ id: 4 })
    expect(world.manager.getExecutionSubscriberCount('e1')).toBe(0)
    await client.close()
  })
})

describe('what cannot be fetched', () => {
  let world: DeliveryWorld
  afterEach(async () => {
    await expectQuiet(world.manager)
    await world.close()
  })

  it('is tried again while the database is away, and ends one subscription when trying again cannot help', async () => {
    world = await openDeliveryWorld()
    for (const name of [topic, 'workspace:ws-1']) world.log.createTopic(name, 'ws-1')
    const readList = world.channels.readList.bind(world.channels)
    const failures = [new AppError('DATABASE_UNAVAILABLE'), new Error('Connection terminated unexpectedly')]
    let reads = 0
    world.channels.readList = async (request) => {
      reads += 1
      if (request.kind === 'prompts') throw new Error('unsupported Unicode escape sequence')
      const failure = failures.shift()
      if (failure !== undefined) throw failure
      return readList(request)
    }
    const client = await RawClient.open(world.url)
    client.send({ type: 'subscribe', channel: 'executions' })
    await client.next('subscribed')
    await client.next('snapshot')
    await client.next('caught_up')
    expect(reads).toBe(3)
    client.send({ type: 'subscribe', channel: 'prompts' })
    await client.next('subscribed')
    expect(await client.next('error')).toMatchObject({ channel: 'prompts', code: 'INTERNAL' })
    world.log.append('workspace:ws-1', [createdDraft('e1')])
    expect(await client.next('execution:created')).toMatchObject({ channel: 'executions' })
    expect(reads).toBe(4)
    await client.close()
  })
})
