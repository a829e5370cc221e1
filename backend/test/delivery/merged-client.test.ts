import { createSocketClient } from '@millrace/shared/client/socket-client'
import type { ExecutionView } from '@millrace/shared/engine/execution-view'
import { applyEvent, emptyExecutionView } from '@millrace/shared/engine/reducer'
import type { WorkflowEvent } from '@millrace/shared/events'
import { afterEach, beforeEach, expect, it } from 'vitest'
import WebSocket from 'ws'
import { waitUntil } from '../support/wait-until.ts'
import { type DeliveryWorld, expectQuiet, openDeliveryWorld } from './delivery-world.ts'
import { createdDraft, logDraft, streamDraft } from './memory-log.ts'

const topic = 'execution:e1'
const address = { nodeId: 'draft', nodePath: 'draft', iteration: 1, attempt: 1 }

let world: DeliveryWorld
beforeEach(async () => {
  world = await openDeliveryWorld()
  world.log.createTopic(topic, 'ws-1')
})
afterEach(async () => {
  await expectQuiet(world.manager)
  await world.close()
})

it('our client comes back to thousands of events in a few messages, folds the same, and acknowledges', async () => {
  const stored: WorkflowEvent[] = []
  const append = (...drafts: Parameters<DeliveryWorld['log']['append']>[1]) => {
    stored.push(...world.log.append(topic, drafts).map(({ payload }) => JSON.parse(payload) as WorkflowEvent))
  }
  const started = {
    type: 'node:started' as const,
    eventId: 's',
    timestamp: 1,
    executionId: 'e1',
    nodeName: 'Draft',
    nodeType: 'llm',
  }
  append(createdDraft('e1'), { ...started, ...address })
  const client = createSocketClient({
    url: world.url,
    getToken: () => 'token-ada',
    WebSocket: WebSocket as never,
    random: () => 0,
  })
  let view: ExecutionView | null = null
  let seen = 0
  const stop = client.followExecution('e1', {
    onView: (shown) => {
      view = shown
    },
    onEvent: ({ count = 1 }) => {
      seen += count
    },
  })
  client.connect()
  await waitUntil(() => view?.seq === 2 && client.state.status === 'live')

  // Away while a lot is written.
  client.close()
  for (let index = 0; index < 3000; index += 1) {
    append(streamDraft('e1', 'passage ', index * 8))
    if (index % 300 === 0)
      append({
        type: 'node:progress',
        eventId: `p${index}`,
        timestamp: 1,
        executionId: 'e1',
        ...address,
        percentage: index / 30,
      })
  }
  append(logDraft('e1', 'done'))
  const before = client.stats()
  client.connect()
  await waitUntil(() => view?.seq === stored.length)
  const after = client.stats()
  expect(view).toEqual(stored.reduce(applyEvent, emptyExecutionView('e1')))
  expect(seen).toBe(stored.length - 2)
  expect(after.framesReceivedCount - before.framesReceivedCount).toBeLessThan(40)
  expect(after).toMatchObject({ gapsRepairedCount: 0, duplicatesDroppedCount: 0 })
  expect(world.manager.stats().batchCount).toBeGreaterThan(0)

  append(streamDraft('e1', 'x'.repeat(8000), 3000 * 8))
  await waitUntil(() => world.manager.stats().unackedBytes > 8000, { intervalMs: 1 })
  await waitUntil(() => world.manager.stats().unackedBytes === 0, { timeoutMs: 3000 })
  stop()
  client.close()
})
