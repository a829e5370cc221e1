import { AppError } from '@millrace/shared/errors/app-error'
import { ApplicationFailure, CancelledFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { createMemoryPorts, type MemoryPorts } from '../../test/harness/memory-ports.ts'
import { executors } from '../executors/index.ts'
import { EffectError, type NodeExecutor } from '../executors/node-executor.ts'
import type { NodeTask } from './engine-activities.ts'
import { runNode } from './run-node.ts'

const task: NodeTask = {
  owner: { workspaceId: 'w1', userId: 'u1' },
  executionId: 'e1',
  heartbeatTimeoutMs: 2000,
  node: {
    nodeId: 'call',
    nodePath: 'call',
    iteration: 1,
    nodeType: 'http',
    nodeName: 'Call',
    config: {},
    expressions: [],
    scope: {},
    retry: { maxAttempts: 3, initialIntervalMs: 100, backoffCoefficient: 2, maxIntervalMs: 150 },
    timeoutMs: 5000,
  },
}

let ports: MemoryPorts
let heartbeats: unknown[]

beforeEach(() => {
  ports = createMemoryPorts()
  heartbeats = []
})

function attempt(
  number: number,
  body: NodeExecutor,
  options: { record?: unknown; task?: NodeTask; cancelOnStart?: boolean } = {},
) {
  const environment = new MockActivityEnvironment({ attempt: number, heartbeatDetails: options.record })
  environment.on('heartbeat', (details: unknown) => heartbeats.push(structuredClone(details)))
  const http: NodeExecutor = (config, context) => {
    if (options.cancelOnStart) environment.cancel('CANCELLED')
    return body(config, context)
  }
  return environment.run(runNode, ports, { ...executors, http }, options.task ?? task)
}

const succeed: NodeExecutor = async () => ({ output: 'done' })
const fail: NodeExecutor = async () => {
  throw new AppError('HTTP_REQUEST_FAILED')
}

async function failureOf(running: Promise<unknown>): Promise<ApplicationFailure> {
  const failure = await running.then(
    () => null,
    (error: unknown) => error,
  )
  if (!(failure instanceof ApplicationFailure)) throw new Error(`expected a failure, got ${String(failure)}`)
  return failure
}

describe('an attempt of an effect', () => {
  it('tells a lost worker as a retry before its own start, and does not count it', async () => {
    await attempt(1, succeed, { task: { ...task, executionId: 'other' } })
    const failure = await failureOf(attempt(3, fail, { record: { failures: 0, toldUntil: 0 } }))
    expect(ports.events.of('e1').map((event) => [event.type, 'attempt' in event ? event.attempt : null])).toEqual([
      ['node:retry', 1],
      ['node:retry', 2],
      ['node:started', 3],
      ['node:retry', 3],
    ])
    expect(ports.events.of('e1')[0]).toMatchObject({ error: { code: 'WORKER_LOST' } })
    expect(failure).toMatchObject({ nonRetryable: false, type: 'HTTP_REQUEST_FAILED', nextRetryDelay: 100 })
    expect(heartbeats.at(-1)).toEqual({ failures: 1, toldUntil: 3 })
  })

  it('tells text and lines of the log in the order in which they were said', async () => {
    const talk: NodeExecutor = async (_config, { emitText, log }) => {
      for (const word of ['One ', 'two ', 'three ']) await emitText(word, 1)
      await log('info', 'said')
      await emitText('four', 1)
      return { output: 'done' }
    }
    await attempt(1, talk)
    const told = ports.events.of('e1').map((event) => ('chunk' in event ? event.chunk : event.type))
    expect(told).toEqual(['node:started', 'One ', 'two three ', 'node:log', 'four'])
  })

  it('bounds the lines and the words of progress of a try, and says so', async () => {
    const chatter: NodeExecutor = async (_config, { log, progress }) => {
      for (let index = 0; index < 300; index++) {
        await log('debug', `line ${index}`)
        await progress(index / 3, 'on')
      }
      return { output: 'done' }
    }
    await attempt(1, chatter)
    const told = ports.events.of('e1')
    const lines = told.flatMap((event) => (event.type === 'node:log' ? [event] : []))
    expect(lines).toHaveLength(101)
    expect(lines.at(-1)).toMatchObject({ level: 'warn', message: 'Further lines of this try are left out.' })
    expect(told.filter(({ type }) => type === 'node:progress')).toHaveLength(200)
  })

  it('gives up when the real failures reach the builder’s attempts, whatever its own number', async () => {
    const second = await failureOf(attempt(7, fail, { record: { failures: 1, toldUntil: 6 } }))
    expect(second).toMatchObject({ nonRetryable: false, nextRetryDelay: 150 })
    const third = await failureOf(attempt(8, fail, { record: { failures: 2, toldUntil: 7 } }))
    expect(third.nonRetryable).toBe(true)
    expect(ports.events.of('e1').filter((event) => event.type === 'node:retry')).toHaveLength(1)
  })

  it('returns the result that an earlier attempt stored, without running or telling anything', async () => {
    await attempt(1, succeed)
    const before = ports.events.of('e1').length
    const again = await attempt(2, fail)
    expect(again).toMatchObject({ output: { value: 'done' }, attempt: 1 })
    expect(ports.events.of('e1')).toHaveLength(before)
  })

  it('stops without a word when a later attempt has begun', async () => {
    await attempt(2, fail).catch(() => undefined)
    let hasRun = false
    const zombie = await failureOf(
      attempt(1, async () => {
        hasRun = true
        return { output: 1 }
      }),
    )
    expect(zombie.type).toBe('ATTEMPT_FENCED')
    expect(hasRun).toBe(false)
  })

  it('does not try again what an effect calls hopeless, and waits as long as the other side asks', async () => {
    const withStatus =
      (isRetryable: boolean, retryAfterMs?: number): NodeExecutor =>
      async () => {
        throw new EffectError('HTTP_STATUS', { message: 'status', isRetryable, retryAfterMs })
      }
    expect((await failureOf(attempt(1, withStatus(false)))).nonRetryable).toBe(true)
    expect((await failureOf(attempt(2, withStatus(true, 2500)))).nextRetryDelay).toBe(2500)
    expect(
      (await failureOf(attempt(3, withStatus(true, 86_400_000), { record: { failures: 1, toldUntil: 2 } })))
        .nextRetryDelay,
    ).toBe(300_000)
  })

  it('ends at its timeout although the body ignores its signal', async () => {
    const deaf: NodeExecutor = () => new Promise(() => undefined)
    const failure = await failureOf(attempt(1, deaf, { task: { ...task, node: { ...task.node, timeoutMs: 100 } } }))
    expect(failure).toMatchObject({ type: 'NODE_TIMEOUT', nonRetryable: false })
  })

  it('ends as cancelled when it is cancelled, with what was written until then stored', async () => {
    const body: NodeExecutor = async (_config, { emitText, signal }) => {
      await emitText('so far', 2)
      return new Promise((_resolve, reject) => {
        signal.throwIfAborted()
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    }
    await expect(attempt(1, body, { cancelOnStart: true })).rejects.toBeInstanceOf(CancelledFailure)
    expect(ports.events.types('e1')).toEqual(['node:started', 'node:stream'])
  })

  it('writes its result down once the store is back, without running the body again', async () => {
    let runs = 0
    const result = await attempt(1, async () => {
      runs += 1
      ports.events.failNext(2)
      return { output: 'done' }
    })
    expect(result).toMatchObject({ output: { value: 'done' } })
    expect(runs).toBe(1)
  })

  it('does not count an absent store against the timeout of the step', async () => {
    ports.events.failNext(4)
    const quick = { ...task, node: { ...task.node, timeoutMs: 150 } }
    expect(await attempt(1, succeed, { task: quick })).toMatchObject({ output: { value: 'done' } })
  })

  it('keeps faults of our own out of the event', async () => {
    const broken: NodeExecutor = async () => {
      throw new TypeError('secret detail')
    }
    const failure = await failureOf(attempt(1, broken))
    expect(failure).toMatchObject({ type: 'INTERNAL', nonRetryable: true })
    expect(failure.message).not.toContain('secret')
  })
})
