import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { waitUntil } from '../support/wait-until.ts'
import { ada, type DeliveryWorld, expectQuiet, openDeliveryWorld } from './delivery-world.ts'
import { logDraft } from './memory-log.ts'
import { RawClient } from './raw-client.ts'

/** More than the kernel takes on both sides of a loopback connection. */
const textCharacters = 24 * 1024 * 1024
/** A control frame without payload. */
const pongBytes = 2
/** Below it nothing of the message is held here: what is left is in the socket. */
const socketBytesMax = 256 * 1024

function socketOf(client: RawClient): Socket {
  const { _socket: socket } = client.socket as unknown as { _socket: Socket }
  return socket
}

describe('half a message', () => {
  let world: DeliveryWorld
  let reader: RawClient
  const unsentBytes = () => world.manager.stats().unsentBytes
  const messages = () => reader.frames.filter(({ type }) => type === 'node:log').map(({ message }) => String(message))

  beforeEach(async () => {
    world = await openDeliveryWorld()
    world.log.createTopic('execution:e1', 'ws-1')
    reader = await RawClient.open(world.url)
    reader.send({ type: 'subscribe', executionId: 'e1' })
    await waitUntil(() => reader.frames.at(-1)?.type === 'caught_up')
    socketOf(reader).pause()
    world.log.append('execution:e1', [logDraft('e1', 'x'.repeat(textCharacters))])
    await waitUntil(() => unsentBytes() > socketBytesMax)
  })
  afterEach(async () => {
    await expectQuiet(world.manager)
    await world.close()
  })

  it('is all that a reader gets who is shown out in the middle of it, and who is told to come back', async () => {
    world.manager.rights.setMemberships(ada.userId, [])
    expect(unsentBytes()).toBeLessThan(socketBytesMax)
    socketOf(reader).resume()
    expect(await reader.ended()).toEqual({ code: 1013, reason: 'SLOW_CONSUMER' })
    expect(messages()).toEqual([])
  })

  it('waits while rights are unknown, and is finished when they are known again', async () => {
    world.manager.rights.trustUntil(performance.now() - 1)
    socketOf(reader).resume()
    // A pong is behind everything that was written before it, and makes room for more: without more, nothing is written.
    const seen: number[] = []
    await waitUntil(
      async () => {
        const pong = once(reader.socket, 'pong')
        reader.socket.ping()
        await pong
        seen.push(socketOf(reader).bytesRead)
        return seen.length > 20 && (seen.at(-1) ?? 0) - (seen.at(-21) ?? 0) <= 20 * pongBytes
      },
      { intervalMs: 0 },
    )
    expect(unsentBytes()).toBeGreaterThan(socketBytesMax)
    expect(messages()).toEqual([])
    world.manager.rights.trustUntil(performance.now() + 600_000)
    await waitUntil(() => messages().length === 1)
    expect(messages()[0]).toHaveLength(textCharacters)
    await reader.close()
  })

  it('is finished for who may still read it', async () => {
    world.manager.rights.setMemberships(ada.userId, [...ada.workspaces])
    socketOf(reader).resume()
    await waitUntil(() => messages().length === 1)
    expect(messages()[0]).toHaveLength(textCharacters)
    await reader.close()
  })
})

it('sends no answer any more that waits for a reader who is shown out', async () => {
  const world = await openDeliveryWorld()
  const reader = await RawClient.open(world.url)
  socketOf(reader).pause()
  const answer = { type: 'workflow:result', timestamp: 1, executionId: 'e1', status: 'completed' } as const
  const text = 'x'.repeat(512 * 1024)
  // Until the kernel takes no more, one waits here.
  while (world.manager.stats().unsentBytes < socketBytesMax) {
    world.manager.broadcast({ kind: 'all' }, { ...answer, outputs: { text } })
    await new Promise((resolve) => setImmediate(resolve))
  }
  world.manager.rights.setMemberships(ada.userId, [])
  expect(world.manager.stats().unsentBytes).toBeLessThan(socketBytesMax)
  socketOf(reader).resume()
  expect(await reader.ended()).toEqual({ code: 1013, reason: 'SLOW_CONSUMER' })
  await expectQuiet(world.manager)
  await world.close()
})
