import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ada, type DeliveryWorld, expectQuiet, openDeliveryWorld } from '../delivery/delivery-world.ts'
import { createdDraft, logDraft } from '../delivery/memory-log.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { waitUntil } from '../support/wait-until.ts'

describe('bounds of a connection', () => {
  let world: DeliveryWorld
  afterEach(async () => {
    await expectQuiet(world.manager)
    await world.close()
  })

  it('D09 closes a flood with 4429', async () => {
    world = await openDeliveryWorld()
    const client = await RawClient.open(world.url)
    for (let count = 0; count < 100; count += 1) client.send({ type: 'ping' })
    expect(await client.ended()).toEqual({ code: 4429, reason: 'RATE_LIMITED' })
  })

  it('closes a client that goes on sending nonsense, after answering it', async () => {
    world = await openDeliveryWorld({ settings: { faultsMax: 3 } })
    const client = await RawClient.open(world.url)
    for (let count = 0; count < 4; count += 1) client.send('nonsense')
    expect(await client.ended()).toEqual({ code: 4400, reason: 'MALFORMED_JSON' })
    expect(client.frames.filter(({ type }) => type === 'error')).toHaveLength(4)
  })

  it('answers JSON of any depth and stays, for itself and for the others', async () => {
    world = await openDeliveryWorld()
    const [deep, other] = [await RawClient.open(world.url), await RawClient.open(world.url)]
    const nests = [3000, 15_000, 32_000].map((levels) => `${'['.repeat(levels)}${']'.repeat(levels)}`)
    for (const nest of nests) {
      deep.send(nest)
      deep.send(`{"type":"presence:set","executionId":"e","state":{"a":${nest}}}`.slice(0, 64 * 1024))
      deep.send(`{"type":"ping","id":${nest}}`)
    }
    await waitUntil(() => deep.frames.filter(({ type }) => type === 'error').length === 9)
    for (const client of [deep, other]) {
      client.send({ type: 'ping', id: 'last' })
      await waitUntil(() => client.frames.at(-1)?.id === 'last')
      await client.close()
    }
  })

  it('ends only the connection whose message did what nobody foresaw', async () => {
    world = await openDeliveryWorld()
    const failing = { safeParse: () => expect.fail('a schema that throws') }
    world.manager.registerHandler('break', { schema: failing as never, handle: () => undefined })
    const unsayable = Object.assign(new Error('no words'), { code: 'INVALID_INPUT', details: { count: 1n } })
    world.manager.registerHandler('mumble', { schema: z.looseObject({}), handle: () => Promise.reject(unsayable) })
    const other = await RawClient.open(world.url)
    for (const type of ['break', 'mumble']) {
      const client = await RawClient.open(world.url)
      client.send({ type })
      expect(await client.ended()).toEqual({ code: 4500, reason: 'INTERNAL' })
    }
    other.send({ type: 'ping', id: 'last' })
    await waitUntil(() => other.frames.at(-1)?.id === 'last')
    await other.close()
  })

  it('reserves the slot of a subscription before it is authorised', async () => {
    world = await openDeliveryWorld({ settings: { subscriptionsMax: 3 } })
    for (let count = 0; count < 5; count += 1) {
      world.log.createTopic(`execution:e${count}`, 'ws-1')
      world.log.append(`execution:e${count}`, [createdDraft(`e${count}`)])
    }
    const client = await RawClient.open(world.url)
    for (let count = 0; count < 5; count += 1)
      client.send({ type: 'subscribe', id: count, executionId: `e${count}`, since: 1 })
    await waitUntil(() => client.frames.filter(({ type }) => type === 'caught_up').length === 3)
    const errors = client.frames.filter(({ type }) => type === 'error')
    expect(errors).toMatchObject([
      { id: 3, code: 'TOO_MANY_SUBSCRIPTIONS', executionId: 'e3' },
      { id: 4, code: 'TOO_MANY_SUBSCRIPTIONS' },
    ])
    expect(world.manager.getExecutionSubscriberCount('e0')).toBe(1)
    expect(world.manager.getExecutionSubscriberCount('e4')).toBe(0)
    await client.close()
    await waitUntil(() => world.manager.getExecutionSubscriberCount('e0') === 0)
  })

  it('an unsubscribe during opening or replay leaves nothing behind', async () => {
    world = await openDeliveryWorld({ settings: { ringBytesMax: 2000 } })
    world.log.createTopic('execution:e1', 'ws-1')
    world.log.append(
      'execution:e1',
      Array.from({ length: 3000 }, () => logDraft('e1', 'x'.repeat(500))),
    )
    const client = await RawClient.open(world.url)
    client.send({ type: 'subscribe', executionId: 'e1', since: 0 })
    client.send({ type: 'unsubscribe', executionId: 'e1', id: 'first' })
    await client.next('unsubscribed')
    client.send({ type: 'subscribe', executionId: 'e1', since: 0 })
    await waitUntil(() => client.frames.some(({ type }) => type === 'node:log'))
    client.send({ type: 'unsubscribe', executionId: 'e1', id: 'second' })
    await waitUntil(() => client.frames.some(({ id }) => id === 'second'))
    const after = client.frames.slice(client.frames.findIndex(({ id }) => id === 'second') + 1)
    client.send({ type: 'ping', id: 'last' })
    await waitUntil(() => client.frames.some(({ id }) => id === 'last'))
    expect(after).toEqual([])
    expect(client.frames.at(-1)).toMatchObject({ type: 'pong' })
    expect(world.manager.getExecutionSubscriberCount('e1')).toBe(0)
    await client.close()
  })

  it('sends nothing after the token expired, warns before, and goes on with a fresh one', async () => {
    world = await openDeliveryWorld({ settings: { expiryNoticeMs: 400, expiryLeewayMs: 100 } })
    world.log.createTopic('execution:e1', 'ws-1')
    const expiring = (inMs: number) => ({ ...ada, expiresAt: Date.now() + inMs })
    world.identities.set('token-short', expiring(600))
    const [lazy, diligent] = [
      await RawClient.open(world.url, ['millrace.v1', 'bearer.token-short']),
      await RawClient.open(world.url, ['millrace.v1', 'bearer.token-short']),
    ]
    for (const client of [lazy, diligent]) client.send({ type: 'subscribe', executionId: 'e1', since: 0 })
    await waitUntil(() => [lazy, diligent].every(({ frames }) => frames.some(({ type }) => type === 'token_expiring')))
    world.identities.set('token-fresh', expiring(60_000))
    diligent.send({ type: 'auth', token: 'token-fresh' })
    expect(await lazy.ended()).toEqual({ code: 4401, reason: 'TOKEN_EXPIRED' })
    world.log.append('execution:e1', [createdDraft('e1')])
    await waitUntil(() => diligent.frames.at(-1)?.type === 'execution:created')
    expect(lazy.frames.some(({ type }) => type === 'execution:created')).toBe(false)
    await diligent.close()
  })

  it('D01 pings, breaks silence with a heartbeat, and cuts who does not answer', async () => {
    world = await openDeliveryWorld({ settings: { heartbeatIntervalMs: 100, deadAfterMs: 500 } })
    const alive = await RawClient.open(world.url)
    const dead = await RawClient.open(world.url, undefined, { autoPong: false })
    const startedAt = Date.now()
    await waitUntil(() => dead.closed !== null)
    expect(dead.closed).toMatchObject({ code: 1006 })
    expect(Date.now() - startedAt).toBeGreaterThan(300)
    expect(alive.closed).toBeNull()
    expect(alive.frames.filter(({ type }) => type === 'heartbeat').length).toBeGreaterThan(1)
    await alive.close()
  })

  it('C12 D-isolation: nothing of another workspace arrives, whatever is asked for', async () => {
    world = await openDeliveryWorld()
    for (const topic of ['execution:secret', 'workspace:ws-1', 'user:ada']) world.log.createTopic(topic, 'ws-1')
    world.log.append('execution:secret', [createdDraft('secret'), logDraft('secret', 'canary')])
    const mallory = await RawClient.open(world.url, ['millrace.v1', 'bearer.token-mallory'])
    const guesses = ['secret', 'SECRET', 'execution:secret', '../secret', 'secret/', 'workspace:ws-1', 'user:ada']
    for (const executionId of guesses) mallory.send({ type: 'subscribe', executionId })
    for (const channel of ['executions', 'kb', 'approvals', 'workspace:ws-1', 'user:ada'])
      mallory.send({ type: 'subscribe', channel })
    await waitUntil(() => mallory.frames.filter(({ type }) => type === 'error').length === guesses.length + 2)
    world.log.append('execution:secret', [logDraft('secret', 'canary')])
    world.log.append('workspace:ws-1', [createdDraft('secret')])
    world.log.append('user:ada', [createdDraft('secret')])
    mallory.send({ type: 'ping', id: 'last' })
    await waitUntil(() => mallory.frames.at(-1)?.type === 'pong')
    expect(JSON.stringify(mallory.frames)).not.toContain('canary')
    expect(mallory.frames.filter(({ type }) => type.includes(':'))).toEqual([])
    const errors = mallory.frames.filter(({ type, executionId }) => type === 'error' && executionId !== undefined)
    expect(new Set(errors.map(({ code, message }) => `${code} ${message}`)).size).toBe(1)
    await mallory.close()
  })
})
