import type { KnowledgeDocument } from '@millrace/shared/api/knowledge'
import type { WorkflowEventOf } from '@millrace/shared/events'
import { errorText } from './event-line.ts'
import { oneLine } from './printable.ts'
import { progressBar } from './progress-bar.ts'
import type { Style } from './style.ts'

export type DocumentEvent = WorkflowEventOf<
  'kb:document:processing' | 'kb:document:completed' | 'kb:document:failed' | 'kb:document:deleted'
>

/** A document as far as it has come. `outcome` null: still at work. */
export interface DocumentProgress {
  name: string
  stage: string
  percentage: number
  outcome: 'completed' | 'failed' | 'deleted' | null
}

export interface DocumentNews {
  progress: DocumentProgress
  /** What to tell of it; null: nothing that was not told. */
  line: string | null
}

export function applyDocumentEvent(before: DocumentProgress, event: DocumentEvent, style: Style): DocumentNews {
  const name = oneLine(before.name)
  if (before.outcome !== null) return { progress: before, line: null }
  switch (event.type) {
    case 'kb:document:processing': {
      const progress = { ...before, stage: event.stage, percentage: Math.max(before.percentage, event.percentage) }
      return { progress, line: event.stage === before.stage ? null : `· ${name} ${event.stage}` }
    }
    case 'kb:document:completed': {
      const line = `${style.good('✓')} ${name} can be found: ${event.chunkCount} passages`
      return { progress: { ...before, percentage: 100, outcome: 'completed' }, line }
    }
    case 'kb:document:failed': {
      const line = `${style.bad('✗')} ${name} failed while ${event.stage}. ${errorText(event.error)}`
      return { progress: { ...before, outcome: 'failed' }, line }
    }
    default:
      return documentGone(before, style)
  }
}

/** The knowledge base does not have it any more. */
export function documentGone(before: DocumentProgress, style: Style): DocumentNews {
  return {
    progress: { ...before, outcome: 'deleted' },
    line: `${style.bad('–')} ${oneLine(before.name)} was deleted`,
  }
}

/** The same by the list of the knowledge base, for what happened before we listened. */
export function applyDocumentRow(before: DocumentProgress, row: KnowledgeDocument, style: Style): DocumentNews {
  const { documentId, knowledgeBaseId, name, stage, completed, total, percentage, error } = row
  const base = { eventId: documentId, timestamp: 0, seq: 0, documentId, knowledgeBaseId, documentName: name }
  if (row.status === 'completed') {
    const event = { ...base, type: 'kb:document:completed', chunkCount: row.chunkCount ?? 0, duration: 0 } as const
    return applyDocumentEvent(before, event, style)
  }
  if (row.status === 'failed') {
    const reason = error ?? { code: 'INTERNAL', message: 'The reason is not known.' }
    return applyDocumentEvent(before, { ...base, type: 'kb:document:failed', stage, error: reason }, style)
  }
  // A row is older than an event that came meanwhile: it never takes a document back.
  if (percentage < before.percentage) return { progress: before, line: null }
  return applyDocumentEvent(
    before,
    { ...base, type: 'kb:document:processing', stage, completed, total, percentage },
    style,
  )
}

/** Lines drawn in place: files at work, up to what a screen has room for. */
export function documentBars(all: Iterable<DocumentProgress>, linesMax: number): string[] {
  const atWork = [...all].filter(({ outcome }) => outcome === null)
  const shown = atWork
    .slice(0, linesMax)
    .map(({ name, stage, percentage }) => `${progressBar(percentage)}  ${oneLine(name)}  ${stage}`)
  return atWork.length > linesMax ? [...shown, `and ${atWork.length - linesMax} more`] : shown
}
