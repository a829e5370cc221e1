import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ada, type DeliveryWorld, expectQuiet, openDeliveryWorld } from '../delivery/delivery-world.ts'
import { createdDraft, logDraft } from '../delivery/memory-log.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { conversations } from './conversations.ts'

describe('conversations of the protocol', () => {
  let world: DeliveryWorld

  beforeEach(async () => {
    world = await openDeliveryWorld()
    world.identities.set('token-ada-fresh', { ...ada, expiresAt: Date.now() + 600_000 })
    for (const topic of ['execution:e1', 'workspace:ws-1']) world.log.createTopic(topic, 'ws-1')
    for (const workflowId of ['w1', 'w2']) world.channels.workflows.set(workflowId, 'ws-1')
    world.channels.workflows.set('w9', 'ws-2')
    world.log.createTopic('execution:foreign', 'ws-2')
    world.log.append('execution:foreign', [createdDraft('foreign')])
    world.log.append('execution:e1', [createdDraft('e1'), logDraft('e1'), logDraft('e1')])
  })

  afterEach(() => world.close())

  it.each(conversations)('$name', async ({ lines, path = '' }) => {
    const client = await RawClient.open(world.url + path)
    for (const line of lines) {
      if ('client' in line) client.send(line.client)
      else if ('happens' in line) line.act(world.log)
      else if ('closes' in line) expect(await client.ended()).toEqual(line.closes)
      else expect(await client.next(String(line.server.type))).toMatchObject(line.server)
    }
    const read = client.frames.length
    if (client.closed === null) {
      client.send({ type: 'ping', id: 'last' })
      await expect.poll(() => client.frames.at(-1)).toMatchObject({ type: 'pong', id: 'last' })
      expect(client.frames.slice(read)).toHaveLength(1)
      await client.close()
    }
    await expectQuiet(world.manager)
  })
})
