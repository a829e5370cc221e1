import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { brokenFrames, WireClient } from '../support/wire-client.ts'
import { type DeliveryWorld, expectQuiet, openDeliveryWorld } from './delivery-world.ts'
import { RawClient } from './raw-client.ts'

describe('invariant 15: what breaks the rules of the wire', () => {
  let world: DeliveryWorld
  let port: number

  beforeAll(async () => {
    world = await openDeliveryWorld()
    port = Number(new URL(world.url).port)
  })
  afterAll(() => world.close())

  it.each(brokenFrames)('ends its own connection and no other: $what, $code', async ({ frames, code }) => {
    const neighbour = await RawClient.open(world.url)
    const broken = await WireClient.open(port, 'token-ada')
    broken.send(...frames())
    expect(await broken.ended()).toEqual({ code })
    neighbour.send({ type: 'ping', id: 1 })
    expect(await neighbour.next('pong')).toMatchObject({ id: 1 })
    await neighbour.close()
    await expectQuiet(world.manager)
  })
})
