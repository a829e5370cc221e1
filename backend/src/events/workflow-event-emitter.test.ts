import type { EventDraft, WorkflowEvent } from '@millrace/shared/events'
import { beforeEach, describe, expect, it } from 'vitest'
import { type AnnouncedEvent, InProcessEventBus } from './event-bus.ts'
import type { StoredEvent } from './event-reader.ts'
import { SecretMasker } from './secret-masker.ts'
import { draftJsonOf, payloadOf } from './stored-payload.ts'
import { topicsOf } from './topic-name.ts'
import { type EventAppender, WorkflowEventEmitter } from './workflow-event-emitter.ts'

const owner = { workspaceId: 'ws-1', userId: 'ada' }
const node = { executionId: 'e1', nodeId: 'draft', nodePath: 'draft', iteration: 1 }
const logLine = (message: string): EventDraft => {
  return { type: 'node:log', eventId: 'draft/node:log/1/0', timestamp: 1, ...node, level: 'info', message }
}

/** Stores everything at once, in the topics that the schema names. */
class FakeLog implements EventAppender {
  readonly drafts: EventDraft[] = []
  finalized: unknown = null
  #listener: (stored: StoredEvent[]) => void = () => undefined
  async append(_owner: typeof owner, drafts: EventDraft[]) {
    const stored = drafts.flatMap((draft) =>
      topicsOf(owner, draft).map((topic): StoredEvent => {
        const payload = payloadOf(draftJsonOf(draft), { topic, seq: 1, workspaceId: owner.workspaceId })
        return { topic, epoch: 'a', seq: 1, eventId: draft.eventId, type: draft.type, payload }
      }),
    )
    this.drafts.push(...drafts)
    this.#listener(stored)
    return { outcomes: drafts.map(() => ({ status: 'appended' as const, seq: 1 })), stored }
  }
  async createExecution() {
    return { outcomes: [], stored: [] }
  }
  async finalize(_owner: unknown, request: unknown) {
    this.finalized = request
    return { outcomes: [], stored: [] }
  }
  onCommit(listener: (stored: StoredEvent[]) => void) {
    this.#listener = listener
    return () => undefined
  }
}

describe('WorkflowEventEmitter', () => {
  let log: FakeLog
  let masker: SecretMasker
  let published: AnnouncedEvent[]
  let errors: Record<string, unknown>[]
  let emitter: WorkflowEventEmitter
  beforeEach(() => {
    log = new FakeLog()
    masker = new SecretMasker()
    published = []
    errors = []
    const bus = new InProcessEventBus()
    bus.subscribe((events) => published.push(...events))
    const none = () => undefined
    const logger = {
      debug: none,
      info: none,
      warn: none,
      error: (fields: Record<string, unknown>) => errors.push(fields),
    }
    emitter = new WorkflowEventEmitter({ log, bus, masker, logger })
  })

  it('refuses what the schema refuses, and drops what it does not know', async () => {
    const wrong = { ...logLine('x'), level: 'shout' } as unknown as EventDraft
    await expect(emitter.emit(owner, [wrong])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(log.drafts).toEqual([])
    await emitter.emit(owner, [{ ...logLine('x'), extra: 1 } as unknown as EventDraft])
    expect(log.drafts[0]).not.toHaveProperty('extra')
  })

  it('masks registered secrets in every string, also as they look in an address', async () => {
    masker.register('s3cr3t/value')
    const metadata = {
      headers: ['Bearer s3cr3t/value'],
      nested: { 's3cr3t/value': 'https://x.example/?k=s3cr3t%2Fvalue' },
    }
    await emitter.emit(owner, [
      {
        type: 'node:completed',
        eventId: 'draft/node:completed/-/-',
        timestamp: 1,
        ...node,
        output: 'my s3cr3t/value!',
        duration: 1,
        ports: ['out'],
        metadata,
      },
      logLine('s3cr3t/value'),
    ])
    const text = JSON.stringify(log.drafts)
    expect(text).not.toContain('s3cr3t')
    expect(log.drafts[0]).toMatchObject({
      output: 'my •••!',
      metadata: { nested: { '•••': 'https://x.example/?k=•••' } },
    })
  })

  it('cuts long messages, and refuses outputs that belong in the output store', async () => {
    await emitter.emit(owner, [logLine('x'.repeat(10_000))])
    expect(log.drafts[0]).toMatchObject({ message: `${'x'.repeat(3999)}…` })
    const output = 'y'.repeat(300_000)
    const completed: EventDraft = {
      type: 'node:completed',
      eventId: 'c',
      timestamp: 1,
      ...node,
      output,
      duration: 1,
      ports: [],
    }
    await expect(emitter.emit(owner, [completed])).rejects.toMatchObject({ code: 'OUTPUT_TOO_LARGE' })
  })

  it('masks the values of a variable, and then cuts the long ones', async () => {
    masker.register('s3cr3t-value')
    const changed: EventDraft = {
      type: 'variable:changed',
      eventId: 'vars/variable:changed/-/0',
      timestamp: 1,
      ...node,
      varName: 'note',
      oldValue: { key: 's3cr3t-value' },
      // The end of what is shown would lie inside the secret.
      newValue: `${'x'.repeat(495)}s3cr3t-value${'y'.repeat(1000)}`,
      changeType: 'updated',
    }
    await emitter.emit(owner, [changed])
    const preview = `${'x'.repeat(495)}•••yy`
    const bytes = Buffer.byteLength(JSON.stringify(`${'x'.repeat(495)}•••${'y'.repeat(1000)}`))
    expect(log.drafts[0]).toMatchObject({ oldValue: { key: '•••' }, newValue: { truncated: true, bytes, preview } })
  })

  it('masks sentences whole, and then cuts them, so that the beginning of no secret remains', async () => {
    const secret = 'sk-live-ABCDEFGHIJKLMNOPQRSTUVWXYZ'
    masker.register(secret)
    /** A sentence in which the secret lies where it is cut. */
    const around = (charactersMax: number) => `${'x'.repeat(charactersMax - 10)}${secret}${'y'.repeat(100)}`
    const run = { timestamp: 1, executionId: 'e1' }
    const failed = { code: 'RUN_BLOCKED', message: around(4000) }
    await emitter.emit(owner, [
      logLine(around(4000)),
      { ...run, ...node, type: 'node:progress', eventId: 'p', attempt: 1, message: around(500) },
      { ...run, ...node, type: 'node:failed', eventId: 'f', error: failed, duration: 1, handled: 'fail' },
      { ...run, ...node, type: 'node:cancelled', eventId: 'x', reason: around(300) },
      { ...run, type: 'execution:blocked', eventId: 'b', nodeId: 'draft', reason: around(4000) },
      { ...run, type: 'execution:paused', eventId: 'h', reason: around(300) },
      {
        ...run,
        ...node,
        type: 'user:input:reminder',
        eventId: 'n',
        requestId: 'e1:draft',
        number: 1,
        inputType: 'text',
        nodeName: 'Draft',
        workflowName: 'W',
        prompt: around(500),
      },
    ])
    const cancelled = { nodeId: 'draft', nodePath: 'draft', iteration: 1, status: 'failed' as const, error: failed }
    const ending = { executionId: 'e1', finishedAt: 1, duration: 1, nodes: [cancelled], eventIds: [] }
    await emitter.finalize(owner, { ...ending, outcome: { status: 'failed', error: failed } })
    const texts = JSON.stringify([log.drafts, log.finalized])
    expect(texts).not.toContain('sk-live')
    expect(texts.match(/x•••y+…/g)).toHaveLength(10)
    expect(log.drafts.map((draft) => ('reason' in draft ? draft.reason.length : 0))).toEqual(
      expect.arrayContaining([300, 4000]),
    )
  })

  it('never fails the end of a run because of its size', async () => {
    masker.register('s3cr3t')
    const outputs = { small: 's3cr3t', large: 'y'.repeat(400_000) }
    const request = { executionId: 'e1', finishedAt: 1, duration: 1, nodes: [], eventIds: [] }
    await emitter.finalize(owner, { ...request, outcome: { status: 'completed', outputs } })
    expect(log.finalized).toMatchObject({
      outcome: { outputs: { small: '•••', large: { truncated: true, bytes: 400_002 } } },
    })
  })

  it('publishes every row, and tells listeners once per event', async () => {
    const heard: string[] = []
    emitter.on('execution:resumed', (event) => heard.push(`${event.type} ${event.executionId}`))
    const stop = emitter.on('*', (event: WorkflowEvent) => heard.push(`* ${event.type}`))
    const resumed: EventDraft = { type: 'execution:resumed', eventId: 'r', timestamp: 1, executionId: 'e1' }
    await emitter.emit(owner, [resumed])
    expect(published.map(({ topic }) => topic)).toEqual(['execution:e1', 'workspace:ws-1'])
    expect(heard).toEqual(['execution:resumed e1', '* execution:resumed'])
    stop()
    await emitter.emit(owner, [logLine('x')])
    expect(heard).toHaveLength(2)
  })

  it('contains a listener that throws', async () => {
    let isHeard = false
    emitter.on('node:log', () => {
      throw new Error('broken')
    })
    emitter.on('node:log', () => {
      isHeard = true
    })
    expect(await emitter.emit(owner, [logLine('x')])).toEqual([{ status: 'appended', seq: 1 }])
    expect(isHeard).toBe(true)
    expect(errors).toMatchObject([{ tag: 'listener-failed', type: 'node:log' }])
    expect(emitter.failedListenerCount).toBe(1)
  })
})
