import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { waitUntil } from '../support/wait-until.ts'
import { type DeliveryWorld, openDeliveryWorld } from './delivery-world.ts'
import { createdDraft, logDraft } from './memory-log.ts'
import { RawClient } from './raw-client.ts'

describe('invariants 10 and 14: a stranger who is refused', () => {
  let world: DeliveryWorld
  let letGo: () => void

  beforeEach(async () => {
    world = await openDeliveryWorld({ settings: { sweepIntervalMs: 20 } })
    for (const executionId of ['e1', 'e2']) world.log.createTopic(`execution:${executionId}`, 'ws-1')
    world.log.append('execution:e1', [createdDraft('e1')])
    const isLetGo = new Promise<void>((resolve) => {
      letGo = resolve
    })
    world.log.delay = () => isLetGo
  })

  afterEach(() => world.close())

  it.each([
    ['first', ['token-mallory', 'token-ada']],
    ['last', ['token-ada', 'token-mallory']],
  ])('and asks %s takes nothing from a member who waits for the same run', async (_when, tokens) => {
    const clients = await Promise.all(
      tokens.map((token) => RawClient.open(world.url, ['millrace.v1', `bearer.${token}`])),
    )
    const [member, stranger] = tokens[0] === 'token-ada' ? clients : clients.toReversed()
    if (member === undefined || stranger === undefined) throw new Error('two clients')
    for (const [index, client] of clients.entries()) {
      client.send({ type: 'subscribe', id: 1, executionId: 'e1', since: 1 })
      // The first one's question is on its way before the second one asks.
      await waitUntil(() => world.manager.stats().subscriptionCount > index)
    }
    letGo()
    expect(await stranger.next('error')).toMatchObject({ code: 'EXECUTION_NOT_FOUND' })
    await member.next('subscribed')
    await member.next('caught_up')
    // What nobody reads has been closed when this other run has been: left are this one and two of the users' own.
    stranger.send({ type: 'subscribe', id: 2, executionId: 'e2' })
    expect(await stranger.next('error')).toMatchObject({ code: 'EXECUTION_NOT_FOUND' })
    await waitUntil(() => world.manager.stats().topicCount === 3)
    world.log.append('execution:e1', [logDraft('e1')])
    expect(await member.next('node:log')).toMatchObject({ seq: 2 })
    await Promise.all(clients.map((client) => client.close()))
  })
})
