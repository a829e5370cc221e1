import { createSocketClient } from '@millrace/shared/client/socket-client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import WebSocket from 'ws'
import { waitUntil } from '../support/wait-until.ts'
import { type DeliveryWorld, expectQuiet, openDeliveryWorld } from './delivery-world.ts'
import { createdDraft, documentDraft } from './memory-log.ts'

const topic = 'workspace:ws-1'

let world: DeliveryWorld
beforeEach(async () => {
  world = await openDeliveryWorld()
  world.log.createTopic(topic, 'ws-1')
})
afterEach(async () => {
  await expectQuiet(world.manager)
  await world.close()
})

it('two channels of one topic whose filters overlap are each told everything, live and after a cut', async () => {
  const client = createSocketClient({
    url: world.url,
    getToken: () => 'token-ada',
    WebSocket: WebSocket as never,
    random: () => 0,
  })
  const names = ['kb:k1', 'kb', 'workspaces:ws-1', 'executions']
  const seen = new Map(names.map((name) => [name, [] as number[]]))
  const liveCounts = new Map(names.map((name) => [name, 0]))
  const stops = names.map((name) =>
    client.followChannel(name, {
      onEvent: ({ seq }) => seen.get(name)?.push(seq),
      onLive: () => liveCounts.set(name, (liveCounts.get(name) ?? 0) + 1),
    }),
  )
  const isLive = (times: number) => [...liveCounts.values()].every((count) => count === times)
  const tell = () =>
    world.log.append(topic, [
      createdDraft('e1'),
      documentDraft('k2', 'd1'),
      documentDraft('k1', 'd2'),
      createdDraft('e2'),
    ])
  client.connect()
  await waitUntil(() => isLive(1))
  tell()
  await waitUntil(() => seen.get('executions')?.length === 2)
  client.close()
  for (let index = 0; index < 100; index += 1) tell()
  client.connect()
  await waitUntil(() => isLive(2))
  const all = Array.from({ length: 404 }, (_, index) => index + 1)
  expect(seen.get('workspaces:ws-1')).toEqual(all)
  expect(seen.get('executions')).toEqual(all.filter((seq) => seq % 4 < 2))
  expect(seen.get('kb')).toEqual(all.filter((seq) => seq % 4 > 1))
  expect(seen.get('kb:k1')).toEqual(all.filter((seq) => seq % 4 === 3))
  for (const stop of stops) stop()
  client.close()
})

it('a channel of the default workspace and the same one by the name of that workspace each go their own way', async () => {
  const client = createSocketClient({
    url: world.url,
    getToken: () => 'token-ada',
    WebSocket: WebSocket as never,
    random: () => 0,
  })
  const tell = (count: number) => {
    for (let index = 0; index < count; index += 1) world.log.append(topic, [createdDraft(`e${index}`)])
  }
  const follow = (options: { workspaceId?: string } = {}) => {
    const seen: number[] = []
    let isLive = false
    const stop = client.followChannel(
      'executions',
      { onEvent: ({ seq }) => seen.push(seq), onLive: () => (isLive = true) },
      options,
    )
    return { seen, stop, isLive: () => isLive }
  }
  client.connect()
  const first = follow()
  await waitUntil(first.isLive)
  tell(3)
  await waitUntil(() => first.seen.length === 3)
  const second = follow({ workspaceId: 'ws-1' })
  await waitUntil(second.isLive)
  tell(300)
  await waitUntil(() => first.seen.length === 303 && second.seen.length === 300)
  expect(first.seen).toEqual(Array.from({ length: 303 }, (_, index) => index + 1))
  expect(second.seen).toEqual(first.seen.slice(3))
  second.stop()
  await waitUntil(() => world.manager.stats().subscriptionCount === 1)
  tell(1)
  await waitUntil(() => first.seen.at(-1) === 304)
  expect(second.seen).toHaveLength(300)
  first.stop()
  client.close()
})
