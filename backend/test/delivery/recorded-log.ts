import type { EventDraft, WorkflowEvent } from '@millrace/shared/events'
import type { StoredEvent } from '../../src/events/event-reader.ts'
import type { WrittenTopic } from '../support/checker/known-log.ts'
import { MemoryLog } from './memory-log.ts'

/** A log in memory that remembers every epoch, for a checker to compare clients with. */
export class RecordedLog extends MemoryLog {
  readonly written: (WrittenTopic & { events: WorkflowEvent[] })[] = []

  override createTopic(topic: string, workspaceId: string, epoch = 'epoch-1'): void {
    super.createTopic(topic, workspaceId, epoch)
    this.written.push({ topic, workspaceId, epoch, events: [] })
  }

  override append(topic: string, drafts: EventDraft[]): StoredEvent[] {
    const stored = super.append(topic, drafts)
    this.#newest(topic).events.push(...stored.map(({ payload }) => JSON.parse(payload) as WorkflowEvent))
    return stored
  }

  override beginAnew(topic: string, epoch: string, keptCount: number): void {
    super.beginAnew(topic, epoch, keptCount)
    const { workspaceId, events } = this.#newest(topic)
    this.written.push({ topic, workspaceId, epoch, events: events.slice(0, keptCount) })
  }

  headOf(topic: string): number {
    return this.#newest(topic).events.length
  }

  /** Where the next passage of the first writer begins. */
  textLengthOf(topic: string): number {
    return this.#newest(topic).events.reduce(
      (sum, event) => sum + (event.type === 'node:stream' && event.nodePath === 'draft' ? event.chunk.length : 0),
      0,
    )
  }

  #newest(topic: string): WrittenTopic & { events: WorkflowEvent[] } {
    const newest = this.written.findLast((one) => one.topic === topic)
    if (newest === undefined) throw new Error(`no topic ${topic}`)
    return newest
  }
}
