import { createSocketClient } from '@millrace/shared/client/socket-client'
import type { WebSocketConstructor } from '@millrace/shared/client/web-socket-like'
import type { ChannelFilters } from '@millrace/shared/protocol/channel-filters'
import type { ChannelItem } from '@millrace/shared/protocol/channel-items'
import type { ListKind } from '@millrace/shared/protocol/channels'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { waitUntil } from '../support/wait-until.ts'
import { type DeliveryWorld, expectQuiet, openDeliveryWorld } from './delivery-world.ts'
import { questionAnswered, questionAsked, runCompleted, runCreated, runMoved } from './listed-drafts.ts'
import { documentDraft } from './memory-log.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** What followers hold at the end: each must be what the server would answer then. */
interface Held {
  channel: string
  kind: ListKind
  filters?: ChannelFilters
  items: readonly ChannelItem[]
}

describe('lists over a network that is cut', () => {
  let world: DeliveryWorld
  const sockets = new Set<WebSocket>()
  const CuttableSocket = class extends WebSocket {
    constructor(url: string, protocols?: string[]) {
      super(url, protocols)
      sockets.add(this)
      this.on('close', () => sockets.delete(this))
    }
  } as unknown as WebSocketConstructor

  beforeEach(async () => {
    world = await openDeliveryWorld({
      settings: { ringBytesMax: 8000, pageEventsMax: 7, channelReplayEventsMax: 25, connectionsPerUserMax: 200 },
      bridge: { pollIntervalMs: 30 },
    })
    world.log.createTopic('workspace:ws-1', 'ws-1')
    world.channels.workflows.set('w1', 'ws-1')
  })
  afterEach(async () => {
    await expectQuiet(world.manager)
    await world.close()
  })

  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ run: fc.integer({ min: 0, max: 3 }), does: fc.integer({ min: 0, max: 4 }) }) },
    { weight: 2, arbitrary: fc.constant('cut' as const) },
    { weight: 2, arbitrary: fc.constant('turn' as const) },
    { weight: 1, arbitrary: fc.constant('join' as const) },
    { weight: 1, arbitrary: fc.constant('busy' as const) },
  )

  it('F03 S03 what followers hold at the end is what the server would answer, wherever the socket was cut', async () => {
    let round = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        round += 1
        const client = createSocketClient({
          url: world.url,
          getToken: () => 'token-ada',
          WebSocket: CuttableSocket,
          random: () => 0,
        })
        const held: Held[] = []
        const follow = (one: Omit<Held, 'items'>) => {
          const mine: Held = { ...one, items: [] }
          held.push(mine)
          const handlers = {
            onItems: (items: readonly ChannelItem[]) => {
              mine.items = items
            },
          }
          client.followChannel(mine.channel, handlers, { filters: mine.filters })
        }
        follow({ channel: 'executions', kind: 'executions' })
        follow({ channel: 'prompts', kind: 'prompts' })
        follow({ channel: 'approvals', kind: 'approvals' })
        client.connect()
        await waitUntil(() => client.state.status === 'live', { intervalMs: 1 })
        const runs = [0, 1, 2, 3].map((n) => ({ executionId: `r${round}-${n}`, workflowId: `w${(n % 2) + 1}` }))
        const begun = new Set<string>()
        for (const [index, one] of steps.entries()) {
          if (one === 'cut') for (const socket of sockets) socket.terminate()
          else if (one === 'turn') for (let count = 0; count < 60; count += 1) await turn()
          else if (one === 'join') {
            follow({ channel: 'workflows:w1', kind: 'executions', filters: { statuses: ['waiting', 'completed'] } })
            follow({ channel: 'executions', kind: 'executions', filters: { workflow_ids: ['w2'] } })
          } else if (one === 'busy') {
            const many = Array.from({ length: 30 }, (_, n) => documentDraft('kb', `d${round}-${index}-${n}`))
            world.log.append('workspace:ws-1', many)
          } else {
            const run = runs[one.run] ?? { executionId: '', workflowId: '' }
            const question = `${run.executionId}:q${index}`
            if (!begun.has(run.executionId))
              world.log.append('workspace:ws-1', [{ ...runCreated(run), timestamp: index }])
            begun.add(run.executionId)
            const asked = questionAsked(run, question, { inputType: index % 2 === 0 ? 'approval' : 'text' })
            const answer = index % 2 === 0 ? { choice: 'approve' } : { text: 'Yes.' }
            const drafts = [
              runMoved(run, 'execution:waiting'),
              runMoved(run, 'execution:resumed'),
              asked,
              questionAnswered(run, question, answer),
              runCompleted(run),
            ]
            const draft = drafts[one.does]
            if (draft !== undefined) world.log.append('workspace:ws-1', [draft])
          }
        }
        for (const mine of held) await waitForTruth(mine)
        client.close()
      }),
      { numRuns: 40 },
    )
  })

  async function waitForTruth(mine: Held): Promise<void> {
    const workflowId = mine.channel.startsWith('workflows:') ? 'w1' : null
    const request = { kind: mine.kind, workspaceId: 'ws-1', workflowId, knowledgeBaseId: null, filters: mine.filters }
    const { items } = await world.channels.readList(request)
    await waitUntil(() => JSON.stringify(mine.items) === JSON.stringify(items), {
      timeoutMs: 5000,
      intervalMs: 5,
      describe: () => `${mine.channel} to hold ${JSON.stringify(items)}, but it holds ${JSON.stringify(mine.items)}`,
    })
    expect(mine.items).toEqual(items)
  }
})
