import { eventTraits, type WorkflowEvent } from '@millrace/shared/events'
import type { AnomalyName } from './anomaly.ts'
import type { Journal } from './journal.ts'
import { type KnownTopic, streamOf } from './known-log.ts'
import { differenceOf } from './merged-event.ts'

export interface ToldContext {
  /** Epochs of a topic, oldest first. */
  epochsOf: (topic: string) => readonly KnownTopic[]
  report: (name: AnomalyName, where: string, detail: string) => void
}

/** What an application knows of one execution. */
class Knowledge {
  known: KnownTopic
  /** All up to here is known, by events or inside a snapshot. */
  contiguous = 0
  /** Told, above `contiguous`. */
  readonly covered = new Set<number>()
  /** Last number of each stream, and of a control event. */
  readonly last = new Map<string, number>()

  constructor(known: KnownTopic) {
    this.known = known
  }

  cover(seq: number): boolean {
    if (seq <= this.contiguous || this.covered.has(seq)) return false
    this.covered.add(seq)
    while (this.covered.delete(this.contiguous + 1)) this.contiguous += 1
    return true
  }

  jumpTo(seq: number): void {
    for (const one of this.covered) if (one <= seq) this.covered.delete(one)
    this.contiguous = seq
    while (this.covered.delete(this.contiguous + 1)) this.contiguous += 1
  }
}

/**
 * Judges what a client's application was told about executions, across all its connections: each event once, in
 * order, none left out but those inside a snapshot, and the state it was shown is the fold of the log. Of a channel:
 * that numbers rise until it begins anew.
 */
export function checkTold(journal: Journal, context: ToldContext): void {
  const knowledge = new Map<string, Knowledge>()
  const channels = new Map<string, number>()
  const report = (name: AnomalyName, detail: string) => context.report(name, journal.name, detail)
  const of = (key: string): Knowledge | null => {
    const newest = context.epochsOf(key).at(-1)
    const known = knowledge.get(key) ?? (newest === undefined ? null : new Knowledge(newest))
    if (known !== null) knowledge.set(key, known)
    return known
  }
  for (const entry of journal.entries) {
    if (entry.kind === 'snapshot' && entry.key.startsWith('execution:')) {
      const own = of(entry.key)
      const epoch = context.epochsOf(entry.key).find((one) => one.epoch === entry.epoch)
      if (own === null || epoch === undefined) continue
      if (own.known !== epoch) knowledge.set(entry.key, new Knowledge(epoch))
      of(entry.key)?.jumpTo(entry.seq)
    }
    if (entry.kind === 'forgot') knowledge.delete(entry.key)
    if (entry.kind === 'resync' || entry.kind === 'snapshot') channels.delete(entry.key)
    if (entry.kind !== 'told') continue
    if (entry.key.startsWith('channel:')) {
      const last = channels.get(entry.key) ?? 0
      if (entry.event.seq <= last) report('duplicate', `${entry.key}: told ${entry.event.seq} after ${last}`)
      channels.set(entry.key, Math.max(last, entry.event.seq))
      continue
    }
    const own = of(entry.key)
    if (own === null) report('phantom', `${entry.key}: no such topic`)
    else checkEvent(own, entry.event, (name, detail) => report(name, `${entry.key}: told ${detail}`))
  }
  for (const [executionId, { seq, state }] of journal.shown) {
    const own = of(`execution:${executionId}`)
    if (own !== null && state !== own.known.fold(seq)) report('fold mismatch', `${executionId}: shown state at ${seq}`)
  }
}

function checkEvent(own: Knowledge, event: WorkflowEvent, report: (name: AnomalyName, detail: string) => void): void {
  const detail = `${event.type} at ${event.seq}, count ${event.count ?? 1}, all known up to ${own.contiguous}`
  const difference = differenceOf(own.known, event)
  if (difference !== null) report(difference, detail)
  const isControl = eventTraits[event.type]?.delivery === 'control'
  const stream = isControl ? 'control' : streamOf(event)
  if (event.seq < (own.last.get(stream) ?? 0) || event.seq < (own.last.get('control') ?? 0)) report('reordered', detail)
  own.last.set(stream, event.seq)
  for (const { seq } of own.known.parts(event) ?? []) if (!own.cover(seq)) report('duplicate', detail)
  // Merged streams may be told one after the other; whatever is missing is missing when the next control event comes.
  if (isControl && own.contiguous < event.seq) {
    report('gap', detail)
    own.jumpTo(event.seq)
  }
}
