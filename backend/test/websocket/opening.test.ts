import { afterEach, describe, expect, it } from 'vitest'
import { ada, type DeliveryWorld, expectQuiet, openDeliveryWorld } from '../delivery/delivery-world.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { waitUntil } from '../support/wait-until.ts'

describe('opening a socket', () => {
  let world: DeliveryWorld
  afterEach(async () => {
    await expectQuiet(world.manager)
    await world.close()
  })

  it.each([
    ['C07 a subprotocol', ['millrace.v1', 'bearer.token-ada'], {}, ''],
    ['C04 the header Authorization', ['millrace.v1'], { headers: { authorization: 'Bearer token-ada' } }, ''],
    ['C06 the header X-API-Key', [], { headers: { 'x-api-key': 'token-ada' } }, ''],
    ['C05 the query', [], {}, '?token=token-ada'],
  ])('takes credentials from %s', async (_way, protocols, options, query) => {
    world = await openDeliveryWorld()
    const client = new RawClient(world.url + query, protocols, options)
    expect(await client.next('connected')).toMatchObject({
      userId: 'ada',
      heartbeatIntervalMs: 25_000,
      capabilities: [],
    })
    expect(client.frames[0]?.connectionId).toMatch(/^[0-9a-f-]{36}$/)
    expect(client.socket.protocol).toBe(protocols.length > 0 ? 'millrace.v1' : '')
    await client.close()
  })

  it.each([
    ['none', ['millrace.v1'], 'NOT_AUTHENTICATED'],
    ['an unknown token', ['millrace.v1', 'bearer.nonsense'], 'INVALID_TOKEN'],
    ['an expired token', ['millrace.v1', 'bearer.token-expired'], 'TOKEN_EXPIRED'],
  ])('refuses credentials with 1008 and a bare code, before anything is sent: %s', async (_case, protocols, reason) => {
    world = await openDeliveryWorld()
    const client = new RawClient(world.url, protocols)
    expect(await client.ended()).toEqual({ code: 1008, reason })
    expect(client.frames).toEqual([])
    expect(world.manager.getConnectionCount()).toBe(0)
    expect(world.manager.stats().topicCount).toBe(0)
  })

  it('C05 ignores the query when the setting says so', async () => {
    world = await openDeliveryWorld({ acceptQueryToken: false })
    const client = new RawClient(`${world.url}?token=token-ada`, ['millrace.v1'])
    expect(await client.ended()).toEqual({ code: 1008, reason: 'NOT_AUTHENTICATED' })
  })

  it.each([
    ['a foreign page', 'https://evil.example', 403],
    ['a page of a similar name', 'https://app.example.org.evil.example', 403],
    ['a page without an address', 'null', 403],
  ])('C13 answers 403 before the upgrade to %s', async (_case, origin, status) => {
    world = await openDeliveryWorld()
    const client = new RawClient(world.url, undefined, { headers: { origin } })
    await client.ended()
    expect(client.upgradeStatus).toBe(status)
  })

  it('C13 lets listed pages, its own pages and programs in', async () => {
    world = await openDeliveryWorld()
    const own = new URL(world.url).host
    for (const origin of ['https://app.example.org', `http://${own}`]) {
      const client = await RawClient.open(world.url, undefined, { headers: { origin } })
      await client.close()
    }
  })

  it('C14 refuses what is beyond a limit with 1013 and lets others in', async () => {
    world = await openDeliveryWorld({ settings: { connectionsPerUserMax: 2 } })
    const clients = [await RawClient.open(world.url), await RawClient.open(world.url)]
    const third = new RawClient(world.url)
    expect(await third.ended()).toEqual({ code: 1013, reason: 'TOO_MANY_CONNECTIONS' })
    const other = await RawClient.open(world.url, ['millrace.v1', 'bearer.token-mallory'])
    await clients[0]?.close()
    await waitUntil(() => world.manager.getConnectionCount() === 2)
    const again = await RawClient.open(world.url)
    for (const client of [clients[1], other, again]) await client?.close()
  })

  it('C11 C15 counts connections and says who they are', async () => {
    world = await openDeliveryWorld()
    const client = await RawClient.open(world.url, undefined, { headers: { 'user-agent': 'a test' } })
    expect(world.manager.getConnectionCount()).toBe(1)
    expect(world.manager.connections()).toMatchObject([{ userId: 'ada', address: '127.0.0.1', userAgent: 'a test' }])
    await client.close()
  })

  it('C16 says 1001 to everybody when the server leaves', async () => {
    world = await openDeliveryWorld()
    const clients = [await RawClient.open(world.url), await RawClient.open(world.url)]
    await world.app.close()
    for (const client of clients) expect(await client.ended()).toEqual({ code: 1001, reason: 'SERVER_LEAVING' })
  })

  it('closes the sockets of whoever lost the right', async () => {
    world = await openDeliveryWorld()
    world.identities.set('token-phone', { ...ada, credentialId: 'phone' })
    const phone = await RawClient.open(world.url, ['millrace.v1', 'bearer.token-phone'])
    const desk = await RawClient.open(world.url)
    expect(world.manager.rights.disconnect(({ credentialId }) => credentialId === 'phone', 'INVALID_TOKEN')).toBe(1)
    expect(await phone.ended()).toEqual({ code: 1008, reason: 'INVALID_TOKEN' })
    expect(desk.closed).toBeNull()
    await desk.close()
  })
})
