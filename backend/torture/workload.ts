import type { Execution } from '@millrace/shared/api/executions'
import type { Prompt } from '@millrace/shared/api/prompts'
import { approval, demoWriter, edge, result, startNode } from '../test/support/definitions.ts'
import { ProductClient } from '../test/support/product-client.ts'
import type { Installation } from './installation.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Tenant } from './tenants.ts'

const turnMs = 250
/** A request that a stopped or cut process never answers is given up. */
const requestTimeoutMs = 10_000

export interface StartedRun {
  executionId: string
  workspaceId: string
  isOver: boolean
}

/** Keeps runs alive in a workspace, answers their questions, and remembers what it was promised. */
export class Workload {
  readonly runs: StartedRun[] = []
  /** Appends that were confirmed to a caller. */
  readonly acknowledged: { topic: string; eventId: string }[] = []
  /** Answers that were accepted. */
  readonly answered: { executionId: string; requestId: string }[] = []
  refusedCount = 0
  readonly #installation: Installation
  readonly #tenant: Tenant
  readonly #random: SeededRandom
  readonly #onRun: (run: StartedRun) => void
  #workflowIds: string[] = []
  #aliveMax = 0
  #isEnding = false
  #loop: Promise<void> | null = null

  constructor(options: {
    installation: Installation
    tenant: Tenant
    random: SeededRandom
    onRun: (run: StartedRun) => void
  }) {
    this.#installation = options.installation
    this.#tenant = options.tenant
    this.#random = options.random
    this.#onRun = options.onRun
  }

  get alive(): StartedRun[] {
    return this.runs.filter(({ isOver }) => !isOver)
  }

  async start(aliveMax: number, isShort: boolean): Promise<void> {
    this.#aliveMax = aliveMax
    const client = await this.#client()
    for (const [name, definition] of Object.entries(drawings(this.#tenant.canary, isShort ? 40 : 150))) {
      this.#workflowIds.push((await client.createWorkflow(`${name} ${this.#tenant.canary}`, definition)).id)
    }
    await Promise.all(Array.from({ length: aliveMax }, () => this.#begin()))
    this.#loop = this.#run()
  }

  /** Begins no more runs. */
  windDown(): void {
    this.#aliveMax = 0
  }

  /** Stops answering. */
  async stop(): Promise<void> {
    this.#isEnding = true
    await this.#loop
  }

  async #run(): Promise<void> {
    while (!this.#isEnding) {
      const started = Date.now()
      try {
        await this.#answerAll()
        await this.#lookForEnds()
        while (this.alive.length < this.#aliveMax && !this.#isEnding) await this.#begin()
      } catch {
        // Whoever was asked is away; the next turn asks another.
        this.refusedCount += 1
      }
      await new Promise((resolve) => setTimeout(resolve, Math.max(20, turnMs - (Date.now() - started))))
    }
  }

  async #begin(): Promise<void> {
    const client = await this.#client()
    const workflowId = this.#random.pick(this.#workflowIds)
    const executionId = await within(client.start(workflowId, { topic: this.#tenant.canary }))
    const run = { executionId, workspaceId: this.#tenant.workspaceId, isOver: false }
    this.acknowledged.push({ topic: `execution:${executionId}`, eventId: '-/execution:created/-/-' })
    this.runs.push(run)
    this.#onRun(run)
  }

  async #answerAll(): Promise<void> {
    const client = await this.#client()
    const { items } = await within(client.call<{ items: Prompt[] }>('GET', '/api/prompts?status=open&limit=100'))
    for (const { requestId, executionId, nodeId } of items) {
      const choice = nodeId === 'ask' ? 'approve' : this.#random.pick(['again', 'done'])
      const answer = await within(client.answer(requestId, { choice }))
      if (answer.status !== 200 || answer.body.accepted !== true) continue
      this.answered.push({ executionId, requestId })
    }
  }

  async #lookForEnds(): Promise<void> {
    const client = await this.#client()
    for (const run of this.#random.sample(this.alive, 10)) {
      const { status } = await within(client.call<Execution>('GET', `/api/executions/${run.executionId}`))
      run.isOver = ['completed', 'failed', 'cancelled'].includes(status)
    }
  }

  async #client(): Promise<ProductClient> {
    const slot = this.#random.pick(this.#installation.apis)
    const token = await within(this.#random.pick(this.#tenant.accounts).token())
    return new ProductClient(slot.process.baseUrl, token)
  }
}

function within<Value>(work: Promise<Value>): Promise<Value> {
  const timeout = Promise.withResolvers<never>()
  const timer = setTimeout(() => timeout.reject(new Error('no answer in time')), requestTimeoutMs)
  return Promise.race([work, timeout.promise]).finally(() => clearTimeout(timer))
}

/** Streams, streams side by side, failing attempts, questions, loops. `tokens`: of a passage of text. */
function drawings(canary: string, tokens: number) {
  const writer = (id: string, demo: object = {}, extra: object = {}) =>
    demoWriter(id, { tokens, tokensPerSecond: 25, ...demo }, extra)
  const choices = ['again', 'done'].map((id) => ({ id, label: id }))
  return {
    'One after the other': {
      nodes: [startNode(), writer('a'), writer('b'), result('{{ b.text }}')],
      edges: [edge('start', 'a'), edge('a', 'b'), edge('b', 'result')],
    },
    'Side by side': {
      nodes: [startNode(), writer('a'), writer('b'), writer('c'), result('{{ a.text }}{{ b.text }}{{ c.text }}')],
      edges: ['a', 'b', 'c'].flatMap((id) => [edge('start', id), edge(id, 'result')]),
    },
    'Fails at first': {
      nodes: [
        startNode(),
        writer('a', { failAfterTokens: 10, failAttempts: 1 }, { retry: { initialIntervalMs: 200 } }),
        result('{{ a.text }}'),
      ],
      edges: [edge('start', 'a'), edge('a', 'result')],
    },
    'Asks and goes round': {
      nodes: [
        startNode(),
        writer('draft', { tokens: Math.ceil(tokens / 3) }),
        approval('review', { kind: 'choice', choices, title: canary }),
        approval('ask', { title: canary }),
        result('{{ draft.text }}'),
      ],
      edges: [
        edge('start', 'draft'),
        edge('draft', 'review'),
        edge('review', 'draft', 'again', { loop: { maxIterations: 3 } }),
        edge('review', 'ask', 'done'),
        edge('ask', 'result', 'approve'),
        edge('ask', 'result', 'reject'),
      ],
    },
  }
}
