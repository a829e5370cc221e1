import { z } from 'zod'
import { defineNode, outPort } from './definition.ts'

const configSchema = z.strictObject({
  knowledgeBaseId: z.string().min(1).max(64).meta({ title: 'Knowledge base', widget: 'knowledgeBase' }),
  query: z.string().min(1).max(10_000).meta({ title: 'Query', widget: 'template', rows: 2 }),
  limit: z.int().min(1).max(50).default(5).meta({ title: 'Hits' }),
  mode: z.enum(['hybrid', 'vector', 'text']).default('hybrid').meta({ title: 'Mode', widget: 'segmented' }),
  minScore: z.number().min(0).max(1).default(0).meta({ title: 'Lowest score', widget: 'slider', step: 0.05 }),
})

export const knowledgeSearch = defineNode({
  type: 'knowledge_search',
  title: 'Search knowledge',
  description: 'Finds passages in a knowledge base',
  group: 'Knowledge',
  kind: 'effect',
  icon: 'book-open',
  runsIn: 'server',
  configSchema,
  defaults: () => ({ knowledgeBaseId: '', query: '', limit: 5 }),
  outputs: () => [outPort],
  expressions: (config) => [{ path: 'query', kind: 'template', source: config.query }],
  outputFields: () => [
    { name: 'items', type: 'array', description: 'Hits: text, documentName, score' },
    { name: 'text', type: 'string', description: 'All hits as one numbered text' },
    { name: 'count', type: 'number' },
  ],
  summary: (config) => `${config.mode} · ${config.limit} hits`,
  defaultRetry: { maxAttempts: 3, initialIntervalMs: 500, backoffCoefficient: 2, maxIntervalMs: 10_000 },
  defaultTimeoutMs: 60_000,
})
