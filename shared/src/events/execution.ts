import { z } from 'zod'
import { defineEvent, EventError, executionBase, listedBase, nodeBase, OutputRef } from './envelope.ts'
import { Answerer } from './user-input.ts'

const listed = ['execution', 'workspace'] as const

export const executionEvents = [
  defineEvent(
    'execution:created',
    { topics: listed, delivery: 'control', doc: 'The run is stored and waits for a worker.' },
    {
      ...executionBase,
      workflowId: z.string(),
      workflowName: z.string(),
      workflowVersion: z.int().min(1),
      totalNodes: z.int().min(0),
      /** Who or what started it: a user's id, `api-key:<id>`. */
      startedBy: z.string().optional(),
      startedByName: z.string().optional(),
      input: z.unknown().optional(),
      /** browser: it ran in somebody's tab and was recorded here when it was over. */
      origin: z.literal('browser').optional(),
    },
  ),
  defineEvent(
    'execution:started',
    { topics: listed, delivery: 'control', doc: 'A worker has taken the run up.' },
    {
      ...executionBase,
      workflowId: z.string(),
      workflowName: z.string(),
      totalNodes: z.int().min(0),
    },
  ),
  defineEvent(
    'execution:progress',
    {
      topics: listed,
      delivery: 'latest',
      merge: { by: ['executionId'], greatest: ['completed', 'percentage'] },
      doc: 'How many nodes are through, and which are at work.',
    },
    {
      ...listedBase,
      completed: z.int().min(0),
      total: z.int().min(0),
      percentage: z.number().min(0).max(100),
      currentNodeIds: z.array(z.string()),
      /** At the pace so far, without waiting for people; absent where nobody can know. */
      estimatedRemainingMs: z.int().min(0).optional(),
    },
  ),
  defineEvent(
    'execution:waiting',
    { topics: listed, delivery: 'control', doc: 'Nothing runs: the run waits for people only.' },
    {
      ...listedBase,
      requestIds: z.array(z.string()),
    },
  ),
  defineEvent(
    'execution:paused',
    {
      topics: listed,
      delivery: 'control',
      doc: 'Nothing new begins until the run is resumed; nodes at work finish and deadlines pass.',
    },
    {
      ...listedBase,
      /** What whoever paused it gave as the reason; empty where none was given. */
      reason: z.string(),
      by: Answerer.optional(),
    },
  ),
  defineEvent(
    'execution:resumed',
    { topics: listed, delivery: 'control', doc: 'The run goes on after waiting, or after somebody had paused it.' },
    {
      ...listedBase,
      /** Who took the pause back; absent after waiting. */
      by: Answerer.optional(),
    },
  ),
  defineEvent(
    'execution:stalled',
    {
      topics: listed,
      delivery: 'control',
      doc: 'The run does not move although it should; it goes on by itself when the cause is gone.',
    },
    {
      ...listedBase,
      cause: z.string(),
    },
  ),
  defineEvent(
    'execution:blocked',
    {
      topics: listed,
      delivery: 'control',
      doc: 'The stop node `nodeId` found that the run may not go on. What runs is stopped, and `execution:failed` with `RUN_BLOCKED` follows.',
    },
    {
      ...listedBase,
      nodeId: z.string().min(1).max(64),
      reason: z.string(),
    },
  ),
  defineEvent(
    'execution:completed',
    { topics: listed, delivery: 'control', terminal: true, doc: 'The run ended with a result.' },
    {
      ...listedBase,
      status: z.literal('completed'),
      outputs: z.record(z.string(), z.unknown()),
      /** Milliseconds from created to end. */
      duration: z.int().min(0),
    },
  ),
  defineEvent(
    'execution:failed',
    {
      topics: listed,
      delivery: 'control',
      terminal: true,
      doc: 'The run ended because a node failed or the run was lost.',
    },
    {
      ...listedBase,
      status: z.literal('failed'),
      error: EventError,
      failedNodeId: z.string().optional(),
      duration: z.int().min(0),
    },
  ),
  defineEvent(
    'execution:cancelled',
    { topics: listed, delivery: 'control', terminal: true, doc: 'The run ended because somebody stopped it.' },
    {
      ...listedBase,
      status: z.literal('cancelled'),
      reason: z.string(),
      duration: z.int().min(0),
    },
  ),
  defineEvent(
    'node:corrected',
    {
      topics: ['execution'],
      delivery: 'control',
      doc: 'At the end, a node turned out other than an earlier event said; this is what is true.',
    },
    {
      ...nodeBase,
      status: z.enum(['pending', 'completed', 'failed', 'skipped', 'cancelled']),
      output: z.unknown().optional(),
      outputRef: OutputRef.optional(),
      error: EventError.optional(),
    },
  ),
  defineEvent(
    'event:retracted',
    { topics: ['execution'], delivery: 'control', doc: 'An earlier event never became true; readers take it back.' },
    {
      ...executionBase,
      retractedEventId: z.string(),
      retractedType: z.string(),
    },
  ),
] as const
