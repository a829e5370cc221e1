import { type ClientMessageOf, clientMessages } from '@millrace/shared/protocol/messages'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Identity } from '../../src/websocket/identity.ts'
import {
  type ListedRun,
  questionAnswered,
  questionAsked,
  runCompleted,
  runCreated,
  runMoved,
} from '../delivery/listed-drafts.ts'
import { documentDraft } from '../delivery/memory-log.ts'
import { openTestPglite, type TestDatabase } from '../support/test-database.ts'
import { waitUntil } from '../support/wait-until.ts'
import { type ChannelWorld, type Listener, openChannelWorld } from './channel-world.ts'

/** In every text of a workspace's events and rows, and in no name that a client sends. */
const canaryOf = (workspaceId: string) => `canary-of-${workspaceId}`

const own: Identity = {
  kind: 'user',
  userId: 'ada',
  name: 'Ada',
  workspaces: [{ id: 'ws-1', role: 'owner' }],
  expiresAt: null,
}
const strangers: Record<string, Identity> = {
  user: own,
  'API key': { ...own, kind: 'apiKey', scopes: ['read'] },
  'API key without the scope': { ...own, kind: 'apiKey', scopes: [] },
  'share link': { ...own, kind: 'share', userId: 'share:1', executionId: 'ws-1-run' },
  nobody: { ...own, workspaces: [] },
}

const id = fc.constantFrom('ws-1', 'ws-2', 'ws-1-flow', 'ws-2-flow', 'ws-1-kb', 'ws-2-kb', 'ws-1-run', 'ws-2-run', 'x')
const family = fc.constantFrom(
  'executions',
  'workflows',
  'workspaces',
  'approvals',
  'prompts',
  'kb',
  'user',
  'execution',
)
const channel = fc.oneof(
  family,
  fc.tuple(family, id).map(([name, of]) => `${name}:${of}`),
)
const filters = fc.record(
  {
    workflow_ids: fc.array(id, { minLength: 1, maxLength: 3 }),
    execution_ids: fc.array(id, { minLength: 1, maxLength: 3 }),
    statuses: fc.array(fc.constantFrom('queued', 'running', 'waiting', 'completed'), { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: [] },
)
const place = { since: fc.integer({ min: 0, max: 30 }) }
const subscribe = fc.oneof(
  fc.record({ executionId: id, ...place }, { requiredKeys: ['executionId'] }),
  fc.record({ channel, workspaceId: id, filters, ...place }, { requiredKeys: ['channel'] }),
)
const step = fc.oneof({ weight: 3, arbitrary: subscribe }, { weight: 1, arbitrary: fc.constant('something happens') })

describe('C12 channels and the walls between workspaces', () => {
  let test: TestDatabase
  let world: ChannelWorld
  const runOf = (workspaceId: string): ListedRun => ({
    executionId: `${workspaceId}-run`,
    workflowId: `${workspaceId}-flow`,
  })
  let counter = 0

  beforeAll(async () => {
    test = await openTestPglite()
    world = openChannelWorld(test)
    for (const workspaceId of ['ws-1', 'ws-2']) {
      await world.addWorkspace(workspaceId, canaryOf(workspaceId))
      await world.addRun(workspaceId, runOf(workspaceId), { name: canaryOf(workspaceId) })
      await world.addDocument(workspaceId, `${workspaceId}-document`, canaryOf(workspaceId))
      await somethingHappensIn(workspaceId)
    }
  })
  afterAll(async () => {
    await world.close()
    await test.close()
  })

  /** One event of each family, each with the workspace's canary. */
  async function somethingHappensIn(workspaceId: string): Promise<void> {
    counter += 1
    const canary = canaryOf(workspaceId)
    const run = runOf(workspaceId)
    const other = { ...run, executionId: `${run.executionId}-${counter}` }
    await world.addRun(workspaceId, other, { name: canary })
    await world.append(
      workspaceId,
      runMoved(run, 'execution:waiting'),
      questionAsked(other, `${other.executionId}:q`, { prompt: canary }),
      questionAnswered(other, `${other.executionId}:q`, { choice: 'approve', text: canary }),
      questionAsked(other, `${other.executionId}:open`, { prompt: canary, inputType: 'text' }),
      { ...documentDraft(`${workspaceId}-kb`, `${workspaceId}-d${counter}`), documentName: canary },
      runCompleted(other, { text: canary }),
      { ...runCreated(run), workflowName: canary },
    )
  }

  /** Resolves when all that was asked for has been answered: each subscribe is refused, or caught up. */
  async function settle(listener: Listener, asked: readonly ClientMessageOf<'subscribe'>[]): Promise<void> {
    listener.send({ type: 'ping', id: 'settled' })
    const ids = new Set(asked.map(({ id: askedId }) => askedId))
    await waitUntil(
      () => {
        const { messages } = listener.transport
        const answered = messages.filter(
          ({ type, id: of }) => of !== undefined && (type === 'error' || type === 'subscribed'),
        )
        const isSaid = answered.filter(({ id: of }) => ids.has(of as number)).length === ids.size
        return isSaid && world.manager.stats().lagEvents === 0 && world.manager.stats().dirtyCount === 0
      },
      { intervalMs: 2, timeoutMs: 10_000, describe: () => JSON.stringify([asked, listener.transport.messages.at(-1)]) },
    )
  }

  async function converse(identity: Identity, steps: readonly (object | string)[]): Promise<string> {
    const listener = world.connect(identity)
    // A second subscribe of one name silences the first, so each is settled before the next.
    for (const [index, message] of steps.entries()) {
      if (typeof message === 'string') {
        for (const workspaceId of ['ws-2', 'ws-1']) await somethingHappensIn(workspaceId)
        continue
      }
      const asked = clientMessages.subscribe.parse({ type: 'subscribe', id: index, ...message })
      listener.send(asked)
      await settle(listener, [asked])
    }
    for (const workspaceId of ['ws-2', 'ws-1']) await somethingHappensIn(workspaceId)
    await settle(listener, [])
    const { bytes } = listener.transport
    expect(world.manager.stats().violationCount).toBe(0)
    listener.close()
    return bytes.toString('utf8')
  }

  it.each(Object.entries(strangers))(
    'invariant 10: no byte of another workspace reaches a %s',
    async (_kind, identity) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
          const text = await converse(identity, steps)
          expect(text).not.toContain(canaryOf('ws-2'))
        }),
        { numRuns: 12 },
      )
    },
  )

  it('the canaries sing where they may', async () => {
    const both: Identity = { ...own, workspaces: [...own.workspaces, { id: 'ws-2', role: 'viewer' }] }
    for (const message of [
      { channel: 'executions', workspaceId: 'ws-2' },
      { channel: 'workflows:ws-2-flow' },
      { channel: 'workspaces:ws-2', since: 0 },
      { channel: 'approvals', workspaceId: 'ws-2', filters: { execution_ids: ['ws-2-run'] }, since: 0 },
      { channel: 'prompts', workspaceId: 'ws-2' },
      { channel: 'kb:ws-2-kb', workspaceId: 'ws-2' },
      { channel: 'executions:ws-2-run' },
    ]) {
      const isSilent = 'filters' in message
      const text = await converse(both, [message])
      expect([message, text.includes(canaryOf('ws-2'))]).toEqual([message, !isSilent])
      expect([message, text.includes(canaryOf('ws-1'))]).toEqual([message, false])
    }
    expect(await converse(strangers['share link'] ?? own, [{ channel: 'executions:ws-1-run' }])).toContain(
      canaryOf('ws-1'),
    )
  })
})
