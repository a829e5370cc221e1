import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Identity } from '../../src/websocket/identity.ts'
import { RedisPresenceBus } from '../../src/websocket/presence/redis-presence-bus.ts'
import {
  ada,
  type DeliveryWorld,
  type DeliveryWorldOptions,
  expectQuiet,
  openDeliveryWorld,
} from '../delivery/delivery-world.ts'
import { completedDraft, createdDraft } from '../delivery/memory-log.ts'
import { type Frame, RawClient } from '../delivery/raw-client.ts'
import { silentLogger } from '../support/silent-logger.ts'
import { redisBinary, TestRedis } from '../support/test-redis.ts'
import { waitUntil } from '../support/wait-until.ts'

const bob: Identity = { ...ada, userId: 'bob', name: 'Bob' }
const guest: Identity = { ...ada, kind: 'share', userId: 'share:1', name: 'A link', executionId: 'e1' }

const worlds: DeliveryWorld[] = []

async function openWorld(options: DeliveryWorldOptions = {}): Promise<DeliveryWorld> {
  const world = await openDeliveryWorld(options)
  worlds.push(world)
  world.identities.set('token-bob', bob)
  world.identities.set('token-guest', guest)
  world.log.createTopic('execution:e1', 'ws-1')
  world.log.append('execution:e1', [createdDraft('e1')])
  return world
}

async function open(world: DeliveryWorld, who: string, capabilities = 'presence'): Promise<RawClient> {
  return RawClient.open(`${world.url}?capabilities=${capabilities}`, ['millrace.v1', `bearer.token-${who}`])
}

async function watch(world: DeliveryWorld, who: string, capabilities?: string): Promise<RawClient> {
  const client = await open(world, who, capabilities)
  client.send({ type: 'subscribe', executionId: 'e1' })
  await waitUntil(() => client.frames.some(({ type }) => type === 'subscribed'))
  return client
}

const updates = (client: RawClient) => client.frames.filter(({ type }) => type === 'presence:update')
const names = (frame: Frame | undefined) =>
  (frame?.['viewers'] as { name: string }[] | undefined)?.map(({ name }) => name)

async function sees(client: RawClient, expected: string[], count = expected.length): Promise<Frame> {
  await waitUntil(
    () => {
      const last = updates(client).at(-1)
      return last?.['count'] === count && JSON.stringify(names(last)) === JSON.stringify(expected)
    },
    { intervalMs: 5, timeoutMs: 10_000, describe: () => `${expected.join()}, got ${JSON.stringify(updates(client))}` },
  )
  return updates(client).at(-1) as Frame
}

afterEach(async () => {
  for (const world of worlds.splice(0)) {
    await expectQuiet(world.manager)
    await world.close()
  }
})

describe('S13 presence', () => {
  let world: DeliveryWorld
  beforeEach(async () => {
    world = await openWorld()
  })

  it('shows who watches an execution, and who no longer does', async () => {
    const first = await watch(world, 'ada')
    expect(await sees(first, ['Ada'])).toMatchObject({
      executionId: 'e1',
      viewers: [{ userId: 'ada', since: expect.any(Number), connectionId: expect.any(String) }],
    })
    const second = await watch(world, 'bob')
    for (const client of [first, second]) await sees(client, ['Ada', 'Bob'])
    second.send({ type: 'unsubscribe', executionId: 'e1' })
    await sees(first, ['Ada'])
    const third = await watch(world, 'bob')
    await sees(first, ['Ada', 'Bob'])
    third.socket.terminate()
    await sees(first, ['Ada'])
    for (const client of [first, second]) await client.close()
  })

  it('counts a connection once, however often and by whatever name it subscribes', async () => {
    const first = await watch(world, 'ada')
    const second = await watch(world, 'bob')
    const subscribe = async (extra: object) => {
      const count = second.frames.filter(({ type }) => type === 'subscribed').length
      second.send({ type: 'subscribe', ...extra })
      await waitUntil(() => second.frames.filter(({ type }) => type === 'subscribed').length > count)
    }
    await subscribe({ executionId: 'e1', since: 1 })
    await subscribe({ channel: 'executions:e1' })
    second.send({ type: 'presence:set', executionId: 'e1', state: { node: 'draft' } })
    await waitUntil(() => JSON.stringify(updates(first).at(-1)).includes('draft'))
    await sees(first, ['Ada', 'Bob'])
    second.send({ type: 'unsubscribe', channel: 'executions:e1' })
    await sees(first, ['Ada'])
    for (const client of [first, second]) await client.close()
  })

  it('shows a small state beside the name, and takes it back', async () => {
    const first = await watch(world, 'ada')
    const second = await watch(world, 'bob')
    await sees(first, ['Ada', 'Bob'])
    second.send({ type: 'presence:set', executionId: 'e1', state: { node: 'draft', at: { x: 1, y: 2 } } })
    const state = () => (updates(first).at(-1)?.['viewers'] as { state?: object }[] | undefined)?.[1]?.state
    await waitUntil(() => state() !== undefined)
    expect(state()).toEqual({ node: 'draft', at: { x: 1, y: 2 } })
    second.send({ type: 'presence:set', executionId: 'e1', state: {} })
    await waitUntil(() => state() === undefined)
    for (const client of [first, second]) await client.close()
  })

  it('refuses a state that is too large or of something that is not watched; unknown and foreign alike', async () => {
    world.log.createTopic('execution:foreign', 'ws-2')
    const client = await watch(world, 'ada')
    const set = (extra: object) => client.send({ type: 'presence:set', executionId: 'e1', state: {}, ...extra })
    set({ id: 1, state: { text: 'x'.repeat(512) } })
    set({ id: 2, state: 'here' })
    set({ id: 3, executionId: 'nowhere' })
    set({ id: 4, executionId: 'foreign' })
    const errors = () => client.frames.filter(({ type }) => type === 'error')
    await waitUntil(() => errors().length === 4)
    const codes = errors().map(({ id, code }) => [id, code])
    expect(codes).toEqual([
      [1, 'INVALID_INPUT'],
      [2, 'INVALID_INPUT'],
      [3, 'EXECUTION_NOT_FOUND'],
      [4, 'EXECUTION_NOT_FOUND'],
    ])
    await client.close()
  })

  it('tells guests how many there are, and shows them without a name', async () => {
    const first = await watch(world, 'ada')
    const second = await watch(world, 'guest')
    const { viewers } = await sees(first, ['Ada', 'Guest'])
    expect(JSON.stringify(viewers)).not.toMatch(/A link|share:1/)
    await sees(second, [], 2)
    second.send({ type: 'presence:set', id: 1, executionId: 'e1', state: { node: 'draft' } })
    await waitUntil(() => second.frames.some(({ type }) => type === 'error'))
    for (const client of [first, second]) await client.close()
  })

  it('tells nothing to who did not ask for it, who is shown all the same', async () => {
    const first = await watch(world, 'ada')
    const second = await watch(world, 'bob', '')
    await sees(first, ['Ada', 'Bob'])
    expect(updates(second)).toEqual([])
    for (const client of [first, second]) await client.close()
  })

  it('tells of a workspace to who follows its channel', async () => {
    const clients = [await open(world, 'ada'), await open(world, 'bob')]
    for (const client of clients) {
      client.send({ type: 'subscribe', channel: 'workspaces:ws-1' })
      await waitUntil(() => client.frames.some(({ type }) => type === 'subscribed'))
    }
    const [first] = clients
    if (first === undefined) throw new Error('two were opened')
    expect(await sees(first, ['Ada', 'Bob'])).toMatchObject({ workspaceId: 'ws-1' })
    for (const client of clients) await client.close()
  })

  it('sends at most four updates a second, and the last of them is true', async () => {
    const first = await watch(world, 'ada')
    const second = await watch(world, 'bob')
    await sees(first, ['Ada', 'Bob'])
    const before = updates(first).length
    const startedAt = performance.now()
    for (let step = 1; step <= 40; step += 1) {
      second.send({ type: 'presence:set', executionId: 'e1', state: { step } })
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await waitUntil(() => JSON.stringify(updates(first).at(-1)).includes('"step":40'))
    const seconds = (performance.now() - startedAt) / 1000
    expect(updates(first).length - before).toBeLessThanOrEqual(Math.ceil(seconds * 4) + 1)
    for (const client of [first, second]) await client.close()
  })

  it('names a hundred viewers and counts them all', async () => {
    await expectQuiet(world.manager)
    const crowded = await openWorld({ settings: { connectionsPerUserMax: 200 } })
    const clients = await Promise.all(Array.from({ length: 120 }, () => watch(crowded, 'bob', '')))
    const first = await watch(crowded, 'ada')
    await waitUntil(() => updates(first).at(-1)?.['count'] === 121)
    expect(updates(first).at(-1)?.['viewers']).toHaveLength(100)
    for (const client of [first, ...clients]) client.socket.terminate()
  })

  it('keeps nobody of a run that is over', async () => {
    const client = await watch(world, 'ada')
    await sees(client, ['Ada'])
    world.log.append('execution:e1', [completedDraft('e1')])
    await waitUntil(() => client.frames.some(({ type }) => type === 'ended'))
    client.send({ type: 'presence:set', id: 1, executionId: 'e1', state: {} })
    await waitUntil(() => client.frames.some(({ type }) => type === 'error'))
    await client.close()
  })
})

describe('S10 broadcasts of the manager', () => {
  it('reach everybody but the sender, a channel, a user, one connection, a list', async () => {
    const world = await openWorld()
    const clients = await Promise.all(['ada', 'ada', 'bob', 'mallory'].map((who) => open(world, who, '')))
    const [, , third, fourth] = clients
    third?.send({ type: 'subscribe', channel: 'kb' })
    fourth?.send({ type: 'subscribe', channel: 'kb' })
    await waitUntil(() => [third, fourth].every((one) => one?.frames.some(({ type }) => type === 'caught_up')))
    const idOf = (client: RawClient | undefined) => String(client?.frames[0]?.['connectionId'])
    const say = async (audience: Parameters<typeof world.manager.broadcast>[0], id: string) => {
      const count = world.manager.broadcast(audience, { type: 'pong', timestamp: 1, id })
      const heard = () => clients.map(({ frames }) => frames.filter((frame) => frame['id'] === id).length)
      await waitUntil(() => heard().reduce((sum, one) => sum + one, 0) === count)
      return heard()
    }
    const [first] = clients
    expect(await say({ kind: 'all' }, 'a')).toEqual([1, 1, 1, 1])
    expect(await say({ kind: 'all', except: idOf(first) }, 'b')).toEqual([0, 1, 1, 1])
    // The same name in another workspace is another channel.
    expect(await say({ kind: 'channel', channel: 'kb', workspaceId: 'ws-1' }, 'c')).toEqual([0, 0, 1, 0])
    expect(await say({ kind: 'user', userId: 'ada' }, 'd')).toEqual([1, 1, 0, 0])
    expect(await say({ kind: 'connections', connectionIds: [idOf(third)] }, 'e')).toEqual([0, 0, 1, 0])
    expect(await say({ kind: 'connections', connectionIds: [idOf(first), idOf(fourth), 'gone'] }, 'f')).toEqual([
      1, 0, 0, 1,
    ])
    for (const client of clients) await client.close()
  })
})

const notTested = redisBinary === '' ? ' (NOT TESTED: there is no Redis server here)' : ''

describe.skipIf(redisBinary === '')(`S13 presence over several processes${notTested}`, () => {
  /** Short times; the product has 15 s and 45 s. */
  const settings = { refreshMs: 200, deadAfterMs: 800 }
  let redis: TestRedis
  const buses: RedisPresenceBus[] = []

  beforeEach(async () => {
    redis = await TestRedis.open()
  })
  afterEach(async () => {
    for (const bus of buses.splice(0)) await bus.close()
    await redis.close()
  })

  async function openProcess() {
    const bus = new RedisPresenceBus({ url: redis.url, logger: silentLogger })
    buses.push(bus)
    await waitUntil(() => bus.isConnected, { describe: () => 'Redis' })
    return { bus, world: await openWorld({ presence: { bus, settings } }) }
  }

  it('shows the viewers of all processes, in each of them', async () => {
    const [near, far] = [await openProcess(), await openProcess()]
    const first = await watch(near.world, 'ada')
    await sees(first, ['Ada'])
    // Who comes later learns of who was there before.
    const second = await watch(far.world, 'bob')
    await sees(second, ['Ada', 'Bob'])
    await sees(first, ['Ada', 'Bob'])
    second.send({ type: 'presence:set', executionId: 'e1', state: { node: 'draft' } })
    await waitUntil(() => JSON.stringify(updates(first).at(-1)).includes('draft'))
    await second.close()
    await sees(first, ['Ada'])
    await first.close()
  })

  it('forgets the viewers of a process that died', async () => {
    const [near, far] = [await openProcess(), await openProcess()]
    const first = await watch(near.world, 'ada')
    const second = await watch(far.world, 'bob')
    await sees(first, ['Ada', 'Bob'])
    // Nothing more is heard of it, as after a crash.
    await far.bus.close()
    await sees(first, ['Ada'])
    for (const client of [first, second]) await client.close()
  })

  it('mends itself when Redis was away, and is not impressed by what others write there', async () => {
    const [near, far] = [await openProcess(), await openProcess()]
    const first = await watch(near.world, 'ada')
    const second = await watch(far.world, 'bob')
    await sees(first, ['Ada', 'Bob'])
    await redis.kill()
    await sees(first, ['Ada'])
    await redis.start()
    for (const client of [first, second]) await sees(client, ['Ada', 'Bob'])
    const channels = (await redis.command('pubsub', 'channels', 'millrace:presence:*')) as string[]
    for (const text of ['', '{', '{"from":"x","topic":"execution:e1","viewers":[{}],"count":1,"asks":false}']) {
      await redis.command('publish', channels[0] ?? '', text)
    }
    await waitUntil(() => near.bus.malformedCount >= 3)
    for (const client of [first, second]) await client.close()
  })
})
