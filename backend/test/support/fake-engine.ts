import { AppError } from '@millrace/shared/errors/app-error'
import type { AnswerRequest, EngineClient, PauseRequest, StartRequest } from '../../src/commands/engine-client.ts'

/** Stands for Temporal in tests of routes: remembers what it was asked, and is away when told to be. */
export class FakeEngine implements EngineClient {
  readonly started: StartRequest[] = []
  readonly answers: AnswerRequest[] = []
  readonly cancelled: { executionId: string; reason: string; by: string }[] = []
  readonly held: ({ wish: 'pause' | 'resume' } & PauseRequest)[] = []
  isAway = false
  /** Executions that Temporal does not know; a start makes them known. */
  readonly unknown = new Set<string>()
  /** Held before each answer, to have two at the same time. */
  beforeAnswer: () => Promise<void> = async () => undefined

  async start(request: StartRequest): Promise<void> {
    this.#requirePresence()
    this.unknown.delete(request.executionId)
    if (this.started.some(({ executionId }) => executionId === request.executionId)) return
    this.started.push(request)
  }

  async answer(request: AnswerRequest) {
    this.#requirePresence()
    await this.beforeAnswer()
    const first = this.answers.find(({ requestId }) => requestId === request.requestId)
    if (first !== undefined && first.idempotencyKey !== request.idempotencyKey) {
      throw new AppError('PROMPT_ALREADY_ANSWERED', { answeredBy: first.answeredBy, answeredAt: 1000 })
    }
    if (first === undefined) this.answers.push(request)
    const { response, answeredBy } = first ?? request
    return { response, answeredBy, answeredAt: 1000 }
  }

  async cancel(executionId: string, request: { reason: string; by: string }): Promise<void> {
    this.#requirePresence()
    if (this.unknown.has(executionId)) throw new AppError('EXECUTION_FINISHED', { executionId })
    this.cancelled.push({ executionId, ...request })
  }

  pause(request: PauseRequest): Promise<'paused'> {
    return this.#hold('pause', request, 'paused')
  }

  resume(request: PauseRequest): Promise<'running'> {
    return this.#hold('resume', request, 'running')
  }

  async #hold<Status>(wish: 'pause' | 'resume', request: PauseRequest, status: Status): Promise<Status> {
    this.#requirePresence()
    if (this.unknown.has(request.executionId)) throw new AppError('EXECUTION_FINISHED')
    this.held.push({ wish, ...request })
    return status
  }

  #requirePresence(): void {
    if (this.isAway) throw new AppError('TEMPORAL_UNAVAILABLE')
  }
}
