import multipart from '@fastify/multipart'
import {
  CreateKnowledgeBase,
  KnowledgeBase,
  KnowledgeDocument,
  SearchHits,
  SearchKnowledge,
  UploadedDocuments,
  uploadLimits,
} from '@millrace/shared/api/knowledge'
import { PageQuery, pageOf } from '@millrace/shared/api/page'
import { AppError } from '@millrace/shared/errors/app-error'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'
import { removeDocument, removeKnowledgeBase } from '../knowledge/delete-documents.ts'
import { idOfRequest } from '../knowledge/id-of-request.ts'
import type { KnowledgeServices } from '../knowledge/knowledge-services.ts'
import { toKnowledgeBase, toKnowledgeDocument } from '../knowledge/present-knowledge.ts'
import { startIngestions } from '../knowledge/start-ingestions.ts'
import { type IncomingFile, uploadDocuments } from '../knowledge/upload-documents.ts'
import { callerOfRequest } from '../plugins/authentication.ts'
import { ownerOf } from '../policies/caller.ts'
import { findDocument, listDocuments, requeueDocument } from '../repositories/documents.ts'
import {
  type CountedKnowledgeBase,
  findKnowledgeBase,
  insertKnowledgeBase,
  listKnowledgeBases,
} from '../repositories/knowledge-bases.ts'
import { decodeCursor, toPage } from '../repositories/page-cursor.ts'
import { IdParams, NoContent } from './path-parameters.ts'

const DocumentParams = IdParams.extend({ documentId: z.string().min(1).max(400) })
const tags = ['knowledge']

/** Parts that are read at all. Files above `filesPerUploadMax` are refused one by one; far above, the upload is. */
const partLimits = {
  fileSize: uploadLimits.fileBytesMax,
  files: uploadLimits.filesPerUploadMax * 5,
  fields: 20,
  parts: 150,
}
const lowestScore = 0

export async function registerKnowledgeBaseRoutes(app: ApiInstance, services: KnowledgeServices): Promise<void> {
  await app.register(async (scope) => {
    // A file that is too large is cut and refused by itself; the others of the upload go on.
    await scope.register(multipart, { limits: partLimits, throwFileSizeLimit: false })
    registerBases(scope as ApiInstance, services)
    registerDocuments(scope as ApiInstance, services)
  })
}

function registerBases(app: ApiInstance, services: KnowledgeServices): void {
  const { database, embeddings, search } = services

  app.get(
    '/api/knowledge-bases',
    { config: { access: 'read' }, schema: { tags, querystring: PageQuery, response: { 200: pageOf(KnowledgeBase) } } },
    async (request) => {
      const { limit, cursor } = request.query
      const { workspaceId } = callerOfRequest(request)
      const rows = await listKnowledgeBases(database.orm, workspaceId, {
        limit: limit + 1,
        after: decodeCursor(cursor),
      })
      return toPage(rows, limit, { item: toKnowledgeBase, position: (row) => ({ time: row.createdAt, id: row.id }) })
    },
  )

  app.post(
    '/api/knowledge-bases',
    {
      config: { access: 'edit', idempotent: true },
      schema: { tags, body: CreateKnowledgeBase, response: { 201: KnowledgeBase } },
    },
    async (request, reply) => {
      const { workspaceId, userId } = callerOfRequest(request)
      const id = idOfRequest(request.idempotencySeed, 'knowledge-base')
      await insertKnowledgeBase(database.orm, {
        id,
        workspaceId,
        name: request.body.name,
        description: request.body.description ?? '',
        embeddingModel: embeddings.current.name,
        dimensions: embeddings.current.dimensions,
        createdBy: userId,
        createdAt: Date.now(),
      })
      return reply.code(201).send(toKnowledgeBase(await baseOf(services, request, id)))
    },
  )

  app.get(
    '/api/knowledge-bases/:id',
    { config: { access: 'read' }, schema: { tags, params: IdParams, response: { 200: KnowledgeBase } } },
    async (request) => toKnowledgeBase(await baseOf(services, request, request.params.id)),
  )

  app.delete(
    '/api/knowledge-bases/:id',
    { config: { access: 'edit' }, schema: { tags, params: IdParams, response: { 204: NoContent } } },
    async (request, reply) => {
      await removeKnowledgeBase(services, ownerOf(callerOfRequest(request)), request.params.id)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/api/knowledge-bases/:id/search',
    {
      config: { access: 'read' },
      schema: { tags, params: IdParams, body: SearchKnowledge, response: { 200: SearchHits } },
    },
    async (request) => ({
      items: await search.search(ownerOf(callerOfRequest(request)), {
        ...request.body,
        knowledgeBaseId: request.params.id,
        minScore: lowestScore,
      }),
    }),
  )
}

function registerDocuments(app: ApiInstance, services: KnowledgeServices): void {
  const { database } = services

  app.get(
    '/api/knowledge-bases/:id/documents',
    {
      config: { access: 'read' },
      schema: { tags, params: IdParams, querystring: PageQuery, response: { 200: pageOf(KnowledgeDocument) } },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const { id, workspaceId } = await baseOf(services, request, request.params.id)
      const page = { limit: limit + 1, after: decodeCursor(cursor) }
      const rows = await listDocuments(database.orm, { workspaceId, knowledgeBaseId: id }, page)
      return toPage(rows, limit, {
        item: toKnowledgeDocument,
        position: (row) => ({ time: row.createdAt, id: row.id }),
      })
    },
  )

  app.post(
    '/api/knowledge-bases/:id/documents',
    {
      config: { access: 'edit', idempotent: true },
      schema: { tags, consumes: ['multipart/form-data'], params: IdParams, response: { 202: UploadedDocuments } },
    },
    async (request, reply) => {
      const { id } = await baseOf(services, request, request.params.id)
      if (!request.isMultipart()) {
        throw new AppError('INVALID_INPUT', undefined, {
          message: 'Send the files as multipart/form-data, in the field "files".',
        })
      }
      const target = {
        owner: ownerOf(callerOfRequest(request)),
        knowledgeBaseId: id,
        idempotencySeed: request.idempotencySeed,
      }
      const { accepted, refused } = await uploadDocuments(services, target, incomingFiles(request))
      return reply.code(202).send({ items: accepted.map(toKnowledgeDocument), refused })
    },
  )

  app.delete(
    '/api/knowledge-bases/:id/documents/:documentId',
    { config: { access: 'edit' }, schema: { tags, params: DocumentParams, response: { 204: NoContent } } },
    async (request, reply) => {
      const { id, documentId } = request.params
      const owner = ownerOf(callerOfRequest(request))
      await removeDocument(services, owner, { workspaceId: owner.workspaceId, knowledgeBaseId: id, documentId })
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/api/knowledge-bases/:id/documents/:documentId/retry',
    {
      config: { access: 'edit', idempotent: true },
      schema: { tags, params: DocumentParams, response: { 202: KnowledgeDocument } },
    },
    async (request, reply) => {
      const { id, documentId } = request.params
      const place = { workspaceId: callerOfRequest(request).workspaceId, knowledgeBaseId: id, documentId }
      await requeueDocument(database.orm, place)
      const row = await findDocument(database.orm, place)
      if (row === null) throw new AppError('DOCUMENT_NOT_FOUND', { documentId })
      // One that is being processed goes on, and one that is completed stays so.
      if (row.status === 'queued') await startIngestions(services, [row])
      return reply.code(202).send(toKnowledgeDocument(row))
    },
  )
}

/** Throws AppError KNOWLEDGE_BASE_NOT_FOUND, also for one of another workspace. */
async function baseOf(
  { database }: KnowledgeServices,
  request: FastifyRequest,
  id: string,
): Promise<CountedKnowledgeBase> {
  const base = await findKnowledgeBase(database.orm, callerOfRequest(request).workspaceId, id)
  if (base === null) throw new AppError('KNOWLEDGE_BASE_NOT_FOUND', { knowledgeBaseId: id })
  return base
}

/** Every part with a file, whatever its field is called; other fields are ignored. */
async function* incomingFiles(request: FastifyRequest): AsyncGenerator<IncomingFile> {
  for await (const part of request.files()) yield { name: part.filename, content: part.file }
}
