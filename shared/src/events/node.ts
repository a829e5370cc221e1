import { z } from 'zod'
import { defineEvent, EventError, eventLimits, nodeBase, OutputRef } from './envelope.ts'

const attempt = z.int().min(1)

/** One attempt of one generation of a node: what is said by others never mixes with it. */
const byAttempt = ['executionId', 'nodeId', 'nodePath', 'iteration', 'attempt'] as const

export const nodeEvents = [
  defineEvent(
    'node:queued',
    { topics: ['execution'], delivery: 'control', doc: 'The node is ready and waits for a worker.' },
    { ...nodeBase },
  ),
  defineEvent(
    'node:started',
    { topics: ['execution'], delivery: 'control', doc: 'An attempt of the node began.' },
    {
      ...nodeBase,
      nodeName: z.string(),
      nodeType: z.string(),
      attempt,
      maxAttempts: z.int().min(1).optional(),
    },
  ),
  defineEvent(
    'node:retry',
    {
      topics: ['execution'],
      delivery: 'control',
      doc: 'An attempt failed and another is scheduled; always followed by `node:started` with `attempt + 1`. Text of the failed attempt is not part of the result.',
    },
    {
      ...nodeBase,
      attempt,
      /** Milliseconds until the next attempt, as predicted when this one ended. */
      nextRetryIn: z.int().min(0),
      error: EventError,
    },
  ),
  defineEvent(
    'node:stream',
    {
      topics: ['execution'],
      delivery: 'stream',
      merge: { by: byAttempt, text: 'chunk', offset: 'offset', sums: ['tokens'] },
      doc: 'A passage of text from a model. Passages of one attempt are contiguous by `offset`; texts of different attempts never mix.',
    },
    {
      ...nodeBase,
      attempt,
      chunk: z.string().max(eventLimits.chunkCharactersMax),
      /** Index of the chunk's first character (UTF-16 unit) in the attempt's text. */
      offset: z.int().min(0),
      /** Tokens in this chunk, as the provider counts or as estimated. */
      tokens: z.int().min(0).optional(),
    },
  ),
  defineEvent(
    'node:progress',
    {
      topics: ['execution'],
      delivery: 'latest',
      merge: { by: byAttempt },
      doc: 'How far an attempt has come.',
    },
    {
      ...nodeBase,
      attempt,
      percentage: z.number().min(0).max(100).optional(),
      message: z.string().optional(),
    },
  ),
  defineEvent(
    'node:log',
    { topics: ['execution'], delivery: 'control', doc: 'A line of the run log.' },
    {
      ...nodeBase,
      attempt: attempt.optional(),
      level: z.enum(['debug', 'info', 'warn', 'error']),
      message: z.string(),
    },
  ),
  defineEvent(
    'node:completed',
    { topics: ['execution'], delivery: 'control', doc: 'The node ended with an output.' },
    {
      ...nodeBase,
      attempt: attempt.optional(),
      output: z.unknown().optional(),
      outputRef: OutputRef.optional(),
      /** Milliseconds from its first start. */
      duration: z.int().min(0),
      /** Ports by which the run goes on. */
      ports: z.array(z.string()),
      metadata: z.record(z.string(), z.unknown()).optional(),
    },
  ),
  defineEvent(
    'node:failed',
    { topics: ['execution'], delivery: 'control', doc: 'The node gave up after its last attempt.' },
    {
      ...nodeBase,
      attempt: attempt.optional(),
      error: EventError,
      duration: z.int().min(0),
      /** What happens next by the node's set-up. */
      handled: z.enum(['fail', 'continue', 'branch']),
    },
  ),
  defineEvent(
    'node:skipped',
    { topics: ['execution'], delivery: 'control', doc: 'The node will not run: no way leads to it any more.' },
    {
      ...nodeBase,
      reason: z.string(),
    },
  ),
  defineEvent(
    'node:cancelled',
    { topics: ['execution'], delivery: 'control', doc: 'The node was stopped before it ended.' },
    {
      ...nodeBase,
      reason: z.string(),
    },
  ),
  defineEvent(
    'edge:settled',
    {
      topics: ['execution'],
      delivery: 'control',
      doc: 'It is decided whether an edge is taken. For a loop edge `iteration` is the round it begins.',
    },
    {
      ...nodeBase,
      edgeId: z.string(),
      taken: z.boolean(),
    },
  ),
] as const
