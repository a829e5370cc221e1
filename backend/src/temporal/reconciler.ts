import { eventId } from '@millrace/shared/events/event-id'
import { queryJournal } from '@millrace/temporal/client/execution-journal'
import { startExecution } from '@millrace/temporal/client/start-execution'
import { startIngestion } from '@millrace/temporal/client/start-ingestion'
import { callTemporal } from '@millrace/temporal/client/temporal-call'
import type { EventOwner, EventPort, LoggerPort } from '@millrace/temporal/ports'
import { documentWorkflowId, temporalWorkflowId } from '@millrace/temporal/task-queues'
import type { ExecuteGraphInput, ExecutionJournal, IngestDocumentInput } from '@millrace/temporal/workflow-contract'
import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { outcomeOf, type RunFinding, readFinding } from './execution-repair.ts'
import { forEachBounded } from './for-each-bounded.ts'

/** A run without a terminal event. */
export interface OpenExecution {
  executionId: string
  owner: EventOwner
  /** `queued`: nothing but its row says that it exists. */
  status: 'queued' | 'running' | 'waiting' | 'paused'
  createdAt: number
  /** Last time an event of it was stored. */
  touchedAt: number
}

/** A document that is neither completed nor failed. */
export interface OpenDocument extends IngestDocumentInput {
  createdAt: number
}

export interface ReconcilerOptions {
  client: Client
  events: EventPort
  logger: LoggerPort
  listOpenExecutions(): Promise<OpenExecution[]>
  /** What the run was, or would have been, started with; null when it is gone. */
  loadStart(executionId: string): Promise<ExecuteGraphInput | null>
  listOpenDocuments(): Promise<OpenDocument[]>
  intervalMs?: number
  /** What has been stored so recently is still being handled by whoever stored it. */
  settleMs?: number
  now?: () => number
}

/** How many of each kind a pass has mended. */
export interface ReconcileReport {
  checked: number
  started: number
  closed: number
  stalled: number
  documentsRestarted: number
  /** Could not be looked at; the next pass tries again. */
  failed: number
}

const defaultIntervalMs = 15_000
const defaultSettleMs = 5000
/** Questions to the server at the same time: each is a database read there. */
const concurrency = 4
/** The journal needs a worker that replays the run; without one the closing does without. */
const journalTimeoutMs = 5000

/**
 * Speaks for runs and documents whose own worker cannot any more: never started, lost, terminated, stuck.
 * Repairs under the ids the run itself would use, so a repair and the run cannot both be told.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions
  readonly #now: () => number
  #timer: NodeJS.Timeout | null = null
  #running: Promise<ReconcileReport> | null = null
  #isStopped = false

  constructor(options: ReconcilerOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** Runs a pass at once and then one after each interval. */
  start(): void {
    const pass = () => {
      this.runOnce()
        .catch((error: unknown) => this.#options.logger.warn({ error }, 'runs could not be reconciled'))
        .finally(() => {
          if (!this.#isStopped) this.#timer = setTimeout(pass, this.#options.intervalMs ?? defaultIntervalMs)
        })
    }
    pass()
  }

  /** Resolves when no pass is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#running?.catch(() => undefined)
  }

  /** One pass; joins a running one. Rejects when the open runs cannot be listed. */
  runOnce(): Promise<ReconcileReport> {
    this.#running ??= this.#pass().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  async #pass(): Promise<ReconcileReport> {
    const report: ReconcileReport = { checked: 0, started: 0, closed: 0, stalled: 0, documentsRestarted: 0, failed: 0 }
    const settledBefore = this.#now() - (this.#options.settleMs ?? defaultSettleMs)
    const [executions, documents] = await Promise.all([
      this.#options.listOpenExecutions(),
      this.#options.listOpenDocuments(),
    ])
    const attempt = async (fields: object, work: () => Promise<void>) => {
      if (this.#isStopped) return
      report.checked += 1
      try {
        await work()
      } catch (error) {
        report.failed += 1
        this.#options.logger.warn({ ...fields, error }, 'could not be reconciled')
      }
    }
    await forEachBounded(executions, concurrency, async (execution) => {
      if (execution.touchedAt > settledBefore) return
      await attempt({ executionId: execution.executionId }, () => this.#mendExecution(execution, report))
    })
    await forEachBounded(documents, concurrency, async (document) => {
      if (document.createdAt > settledBefore) return
      await attempt(document.document, () => this.#mendDocument(document, report))
    })
    return report
  }

  async #mendExecution(execution: OpenExecution, report: ReconcileReport): Promise<void> {
    const { executionId, owner } = execution
    const finding = await this.#find(temporalWorkflowId(executionId))
    switch (finding.kind) {
      case 'alive':
        return
      case 'stalled': {
        const type = 'execution:stalled'
        const { cause, since } = finding
        const id = eventId({ nodePath: null, type, ordinal: since })
        const [outcome] = await this.#options.events.append(owner, [
          { type, eventId: id, timestamp: this.#now(), executionId, cause },
        ])
        if (outcome?.status === 'appended') report.stalled += 1
        return
      }
      case 'missing': {
        // The row is stored before Temporal is asked; between the two a process can die.
        const start = execution.status === 'queued' ? await this.#options.loadStart(executionId) : null
        if (start === null) return this.#close(execution, 'MISSING', report)
        await startExecution(this.#options.client, start)
        report.started += 1
        return
      }
      case 'ended':
        return this.#close(execution, finding.how, report)
    }
  }

  async #close({ executionId, owner, createdAt }: OpenExecution, how: string, report: ReconcileReport): Promise<void> {
    const journal = how === 'MISSING' ? null : await this.#journal(executionId)
    const finishedAt = this.#now()
    await this.#options.events.finalize(owner, {
      executionId,
      outcome: outcomeOf(how, journal),
      finishedAt,
      duration: Math.max(0, finishedAt - createdAt),
      nodes: journal?.nodes ?? [],
      eventIds: journal?.eventIds ?? [],
      ...(journal?.isComplete === true ? {} : { isJournalComplete: false }),
    })
    report.closed += 1
    this.#options.logger.warn({ executionId, how }, 'closed a run that had ended without saying so')
  }

  async #journal(executionId: string): Promise<ExecutionJournal | null> {
    try {
      return await callTemporal(
        this.#options.client,
        () => queryJournal(this.#options.client, executionId),
        journalTimeoutMs,
      )
    } catch {
      // No worker, or a run that never had a task: closing without corrections is all that can be done.
      return null
    }
  }

  async #mendDocument({ owner, document }: OpenDocument, report: ReconcileReport): Promise<void> {
    const finding = await this.#find(documentWorkflowId(document.documentId))
    if (finding.kind === 'alive' || finding.kind === 'stalled') return
    const { isNew } = await startIngestion(this.#options.client, { owner, document })
    if (isNew) report.documentsRestarted += 1
  }

  async #find(workflowId: string): Promise<RunFinding> {
    const { client } = this.#options
    try {
      const description = await callTemporal(client, () => client.workflow.getHandle(workflowId).describe())
      return readFinding(description, this.#now())
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { kind: 'missing' }
      throw error
    }
  }
}
