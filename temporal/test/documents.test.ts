import { AppError } from '@millrace/shared/errors/app-error'
import type { EventDraft } from '@millrace/shared/events'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startIngestion } from '../src/client/start-ingestion.ts'
import { documentWorkflowId } from '../src/task-queues.ts'
import { createMemoryPorts } from './harness/memory-ports.ts'
import { TestDocuments } from './harness/test-documents.ts'
import { owner, startTestEngine, type TestEngine } from './harness/test-engine.ts'

let engine: TestEngine
let documentCount = 0

beforeAll(async () => {
  engine = await startTestEngine(createMemoryPorts())
})

beforeEach(() => {
  Object.assign(engine.ports.documents, new TestDocuments())
})

afterAll(() => engine.stop())

async function ingest(): Promise<{ documentId: string; events: EventDraft[] }> {
  const documentId = `doc-${++documentCount}`
  const document = { knowledgeBaseId: 'kb1', documentId, documentName: 'Handbook.md' }
  await startIngestion(engine.client, { owner, document })
  await engine.client.workflow.getHandle(documentWorkflowId(documentId)).result()
  return { documentId, events: engine.ports.events.of(documentId) }
}

function percentages(events: EventDraft[]): number[] {
  return events.flatMap((event) => (event.type === 'kb:document:processing' ? [event.percentage] : []))
}

function rises(numbers: number[]): boolean {
  return numbers.every((value, index) => index === 0 || value >= (numbers[index - 1] ?? 0))
}

describe('a document', () => {
  it('moves through its stages with a percentage that never falls, and ends completed', async () => {
    const { events } = await ingest()
    const stages = events.flatMap((event) => (event.type === 'kb:document:processing' ? [event.stage] : []))
    expect([...new Set(stages)]).toEqual(['extracting', 'splitting', 'embedding', 'indexing'])
    expect(rises(percentages(events))).toBe(true)
    expect(percentages(events)[0]).toBe(0)
    expect(percentages(events).at(-1)).toBe(100)
    expect(events.at(-1)).toMatchObject({ type: 'kb:document:completed', chunkCount: 10 })
  })

  it('goes on at the batch where a failed attempt stopped, and tells nothing twice', async () => {
    engine.ports.documents.embedFailures = [
      { after: 4, error: new AppError('PROVIDER_UNAVAILABLE') },
      { after: 7, error: new AppError('PROVIDER_UNAVAILABLE') },
    ]
    const { events } = await ingest()
    expect(engine.ports.documents.begun).toEqual({ extract: 1, split: 1, embed: 3, index: 1 })
    expect(engine.ports.documents.embedded).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(rises(percentages(events))).toBe(true)
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length)
    expect(events.at(-1)?.type).toBe('kb:document:completed')
  })

  it('ends failed with the reason when it cannot be read', async () => {
    engine.ports.documents.extractFailure = new AppError('DOCUMENT_UNREADABLE')
    const { events } = await ingest()
    expect(engine.ports.documents.begun.extract).toBe(1)
    expect(events.at(-1)).toMatchObject({
      type: 'kb:document:failed',
      stage: 'extracting',
      error: { code: 'DOCUMENT_UNREADABLE' },
    })
  })
})
