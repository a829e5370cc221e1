import { describe, expect, it } from 'vitest'
import type { KnowledgeDocument } from '../api/knowledge.ts'
import { applyToDocument } from './document-row.ts'

const document: KnowledgeDocument = {
  documentId: 'd',
  knowledgeBaseId: 'k',
  name: 'a.md',
  mediaType: 'text/markdown',
  bytes: 10,
  status: 'queued',
  stage: 'queued',
  completed: 0,
  total: 0,
  percentage: 0,
  createdAt: 0,
}
const base = { eventId: 'e', timestamp: 7, seq: 1, knowledgeBaseId: 'k', documentId: 'd', documentName: 'a.md' }

describe('documents on their way', () => {
  it('move through their stages, fail with a reason, and lose it when they are tried again', () => {
    const moving = applyToDocument(document, {
      ...base,
      type: 'kb:document:processing',
      stage: 'embedding',
      completed: 3,
      total: 9,
      percentage: 60,
    })
    expect(moving).toMatchObject({ status: 'processing', stage: 'embedding', completed: 3, percentage: 60 })
    const failed = applyToDocument(moving, {
      ...base,
      type: 'kb:document:failed',
      stage: 'embedding',
      error: { code: 'X', message: 'no' },
    })
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'X' }, finishedAt: 7 })
    const again = applyToDocument(failed, {
      ...base,
      type: 'kb:document:processing',
      stage: 'queued',
      completed: 0,
      total: 0,
      percentage: 0,
    })
    expect(again.status).toBe('queued')
    expect(again.error).toBeUndefined()
    const done = applyToDocument(again, { ...base, type: 'kb:document:completed', chunkCount: 4, duration: 9 })
    expect(done).toMatchObject({ status: 'completed', chunkCount: 4, percentage: 100 })
  })

  it('ignore events of other documents', () => {
    expect(
      applyToDocument(document, {
        ...base,
        documentId: 'x',
        type: 'kb:document:completed',
        chunkCount: 1,
        duration: 1,
      }),
    ).toBe(document)
  })
})
