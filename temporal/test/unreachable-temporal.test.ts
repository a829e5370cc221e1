import { Client } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerPrompt } from '../src/client/answer-prompt.ts'
import { cancelExecution } from '../src/client/cancel-execution.ts'
import { startExecution } from '../src/client/start-execution.ts'
import { callTemporal } from '../src/client/temporal-call.ts'
import { temporalWorkflowId } from '../src/task-queues.ts'
import { handlerNames } from '../src/workflow-contract.ts'
import { drawPlan, owner } from './harness/test-engine.ts'
import { startTestServer } from './harness/test-server.ts'

const plan = drawPlan(
  [
    { id: 'start', type: 'start' },
    { id: 'out', type: 'output', config: { fields: [{ name: 'a', value: 'b' }] } },
  ],
  ['start>out'],
)

let env: Awaited<ReturnType<typeof startTestServer>>
let connection: NativeConnection
let client: Client

beforeAll(async () => {
  env = await startTestServer()
  connection = await NativeConnection.connect({ address: env.address })
  client = new Client({ connection })
})

afterAll(() => connection.close())

describe('a client of a Temporal server', () => {
  it('takes starts and cancels while no worker is there, and says so of an answer', async () => {
    await startExecution(client, { executionId: 'nobody', owner, plan, input: {} })
    await cancelExecution(client, 'nobody', { reason: 'r', by: null })
    const handle = client.workflow.getHandle(temporalWorkflowId('nobody'))
    const answer = { requestId: 'r', response: {}, answeredBy: { userId: 'u', name: 'U' } }
    const asking = callTemporal(client, () => handle.executeUpdate(handlerNames.answer, { args: [answer] }), 500)
    await expect(asking).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' })
  })

  it('names a run that is not there', async () => {
    const answer = {
      executionId: 'x',
      requestId: 'r',
      response: {},
      answeredBy: { userId: 'u', name: 'U' },
      idempotencyKey: 'k',
    }
    await expect(answerPrompt(client, answer)).rejects.toMatchObject({ code: 'PROMPT_CLOSED' })
    await expect(cancelExecution(client, 'x', { reason: 'r', by: null })).rejects.toMatchObject({
      code: 'EXECUTION_FINISHED',
    })
  })

  it('says within its deadline that the server is gone', async () => {
    await env.teardown()
    const askedAt = Date.now()
    const asking = callTemporal(client, () => client.workflow.getHandle('any').describe(), 1000)
    await expect(asking).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' })
    expect(Date.now() - askedAt).toBeLessThan(2500)
  })
})
