import { z } from 'zod'
import { EventError } from '../events/envelope.ts'
import { DocumentStage } from '../events/kb.ts'

export const documentStatuses = ['queued', 'processing', 'completed', 'failed'] as const

/** Bounds of uploads; a larger file is refused while it streams. */
export const uploadLimits = { fileBytesMax: 50 * 1024 * 1024, filesPerUploadMax: 20 } as const

export const KnowledgeBase = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  embeddingModel: z.string(),
  documentCount: z.int(),
  chunkCount: z.int(),
  createdAt: z.number(),
})
export type KnowledgeBase = z.output<typeof KnowledgeBase>

export const CreateKnowledgeBase = z.object({
  name: z.string().trim().min(1, 'Give the knowledge base a name.').max(120),
  description: z.string().max(2000).optional(),
})
export type CreateKnowledgeBase = z.input<typeof CreateKnowledgeBase>

export const KnowledgeDocument = z.object({
  documentId: z.string(),
  knowledgeBaseId: z.string(),
  name: z.string(),
  mediaType: z.string(),
  bytes: z.int(),
  status: z.enum(documentStatuses),
  stage: DocumentStage,
  completed: z.int(),
  total: z.int(),
  percentage: z.number(),
  chunkCount: z.int().optional(),
  error: EventError.optional(),
  createdAt: z.number(),
  finishedAt: z.number().optional(),
})
export type KnowledgeDocument = z.output<typeof KnowledgeDocument>

/** Answer to an upload: each file is accepted or refused by itself. */
export const UploadedDocuments = z.object({
  items: z.array(KnowledgeDocument),
  refused: z.array(z.object({ name: z.string(), code: z.string(), message: z.string() })),
})
export type UploadedDocuments = z.output<typeof UploadedDocuments>

export const SearchKnowledge = z.object({
  query: z.string().trim().min(1, 'Ask for something.').max(10_000),
  limit: z.int().min(1).max(50).default(5),
  mode: z.enum(['hybrid', 'vector', 'text']).default('hybrid'),
})
export type SearchKnowledge = z.input<typeof SearchKnowledge>

/** `score`: 0 to 1, comparable within one answer. */
export const SearchHit = z.object({
  documentId: z.string(),
  documentName: z.string(),
  chunkIndex: z.int(),
  text: z.string(),
  score: z.number(),
  /** Path of the headings above the passage. */
  heading: z.string().optional(),
  /** From 1, for documents that have pages. */
  page: z.int().optional(),
})
export type SearchHit = z.output<typeof SearchHit>

export const SearchHits = z.object({ items: z.array(SearchHit) })
