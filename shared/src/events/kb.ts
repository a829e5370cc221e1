import { z } from 'zod'
import { defineEvent, EventError, eventBase } from './envelope.ts'

/** Stages of a document, in order. Each begins at 0 % and ends at 100 %. */
export const DocumentStage = z.enum(['queued', 'extracting', 'splitting', 'embedding', 'indexing'])
export type DocumentStage = z.output<typeof DocumentStage>

const watched = ['workspace', 'user'] as const

const documentBase = {
  ...eventBase,
  knowledgeBaseId: z.string(),
  documentId: z.string(),
  documentName: z.string(),
}

export const kbEvents = [
  defineEvent(
    'kb:document:processing',
    {
      topics: watched,
      delivery: 'latest',
      merge: { by: ['knowledgeBaseId', 'documentId'] },
      doc: 'A document moves through its stages.',
    },
    {
      ...documentBase,
      stage: DocumentStage,
      /** In the unit of the stage: bytes or pages, passages. */
      completed: z.int().min(0),
      total: z.int().min(0),
      /** Of the whole way, never falling within one processing. */
      percentage: z.number().min(0).max(100),
    },
  ),
  defineEvent(
    'kb:document:completed',
    { topics: watched, delivery: 'control', doc: 'The document can be found by searches.' },
    {
      ...documentBase,
      chunkCount: z.int().min(0),
      duration: z.int().min(0),
    },
  ),
  defineEvent(
    'kb:document:failed',
    { topics: watched, delivery: 'control', doc: 'The document could not be processed.' },
    {
      ...documentBase,
      stage: DocumentStage,
      error: EventError,
    },
  ),
  defineEvent(
    'kb:document:deleted',
    { topics: watched, delivery: 'control', doc: 'The document is gone from the knowledge base.' },
    { ...documentBase },
  ),
] as const
