import type { EventDraft } from '@millrace/shared/events'
import { eventId } from '@millrace/shared/events/event-id'
import type { EventPort } from '../ports.ts'
import { documentPercentage } from './document-percentage.ts'
import type { StageTask } from './knowledge-activities.ts'
import { untilStored } from './until-stored.ts'

/** Marks per stage: steps of 5 % of a stage are finer than a bar shows, and bound the events of a document. */
const marksMax = 20

/**
 * Tells how far a stage is, in marks. Every mark that was passed is appended, in order and under its own id,
 * so the log drops what an earlier attempt has told already and the percentage never falls after a crash.
 */
export class DocumentProgress {
  readonly #events: EventPort
  readonly #task: StageTask
  readonly #signal: AbortSignal
  #toldUntil = -1

  constructor(events: EventPort, task: StageTask, signal: AbortSignal) {
    this.#events = events
    this.#task = task
    this.#signal = signal
  }

  async advance(completed: number, total: number): Promise<void> {
    const marks = Math.min(marksMax, Math.max(1, total))
    const reached = total <= 0 ? 0 : Math.floor((Math.min(completed, total) * marks) / total)
    if (reached <= this.#toldUntil) return
    const drafts: EventDraft[] = []
    for (let mark = this.#toldUntil + 1; mark <= reached; mark += 1) {
      drafts.push(this.#draft(mark, mark === reached ? completed : Math.ceil((mark * total) / marks), total))
    }
    this.#toldUntil = reached
    await untilStored(this.#signal, () => this.#events.append(this.#task.owner, drafts))
  }

  #draft(mark: number, completed: number, total: number): EventDraft {
    const { document, runId, stage } = this.#task
    const type = 'kb:document:processing'
    return {
      type,
      eventId: `${eventId({ nodePath: document.documentId, type, ordinal: `${runId}/${stage}-${mark}` })}`,
      timestamp: Date.now(),
      ...document,
      stage,
      completed,
      total,
      percentage: documentPercentage(stage, completed, total),
    }
  }
}
