import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, real, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { epochMs, tsvector } from './columns.ts'
import { workspaces } from './identity.ts'

export const knowledgeBases = pgTable(
  'knowledge_bases',
  {
    id: text().primaryKey(),
    workspaceId: text()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    description: text().notNull().default(''),
    /** Name of the embedding; its vectors cannot be compared with another's. */
    embeddingModel: text().notNull(),
    dimensions: integer().notNull(),
    createdBy: text().notNull(),
    createdAt: epochMs().notNull(),
  },
  (table) => [index('knowledge_bases_workspace').on(table.workspaceId)],
)

/** A file and how far its processing has come; read model of kb events, written with them. */
export const documents = pgTable(
  'documents',
  {
    id: text().primaryKey(),
    knowledgeBaseId: text()
      .notNull()
      .references(() => knowledgeBases.id, { onDelete: 'cascade' }),
    workspaceId: text().notNull(),
    name: text().notNull(),
    mediaType: text().notNull(),
    bytes: integer().notNull(),
    sha256: text().notNull(),
    /** Below the data folder, never a name a client gave. */
    storedAs: text().notNull(),
    status: text({ enum: ['queued', 'processing', 'completed', 'failed'] }).notNull(),
    stage: text().notNull(),
    completed: integer().notNull().default(0),
    total: integer().notNull().default(0),
    percentage: real().notNull().default(0),
    chunkCount: integer(),
    error: jsonb(),
    uploadedBy: text().notNull(),
    createdAt: epochMs().notNull(),
    finishedAt: epochMs(),
  },
  (table) => [index('documents_knowledge_base').on(table.knowledgeBaseId, table.createdAt)],
)

/** A page, or the part of a document below one heading. */
export interface DocumentSection {
  /** From 1. */
  page?: number
  /** Path of headings: `Returns > Time limits`. */
  heading?: string
  text: string
}

/** `start` and `end`: character offsets in the texts of all sections joined by an empty line. */
export interface ChunkMetadata {
  heading?: string
  page?: number
  start: number
  end: number
}

/** Text of a document after extraction, kept so that later stages never read the file again. */
export const documentTexts = pgTable('document_texts', {
  documentId: text()
    .primaryKey()
    .references(() => documents.id, { onDelete: 'cascade' }),
  /** Pages or sections in order: `[{ page?, heading?, text }]`. */
  sections: jsonb().$type<DocumentSection[]>().notNull(),
})

/**
 * Passages. `embedding` is a plain array, for pgvector may be missing; where it exists, an own
 * guarded migration step adds the column `vector` and its index (style: expand only).
 */
export const chunks = pgTable(
  'chunks',
  {
    id: text().primaryKey(),
    documentId: text()
      .notNull()
      .references(() => documents.id, { onDelete: 'cascade' }),
    knowledgeBaseId: text().notNull(),
    ordinal: integer().notNull(),
    text: text().notNull(),
    /** Name of the document and headings above the passage: found and embedded with it, not part of its text. */
    context: text().notNull().default(''),
    /** Heading path, page and character offsets, for citations. */
    metadata: jsonb().$type<ChunkMetadata>().notNull(),
    embedding: real().array(),
    /** Set by the stage `indexing`: only indexed chunks are found. */
    indexedAt: epochMs(),
    words: tsvector().generatedAlwaysAs(sql`to_tsvector('simple', "context" || ' ' || "text")`),
  },
  (table) => [
    uniqueIndex('chunks_ordinal').on(table.documentId, table.ordinal),
    index('chunks_knowledge_base').on(table.knowledgeBaseId),
    index('chunks_words').using('gin', table.words),
  ],
)
