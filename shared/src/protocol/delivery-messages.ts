import { z } from 'zod'
import type { WorkflowEvent } from '../events/index.ts'
import { ChannelName, Identifier } from './identifiers.ts'

const name = {
  executionId: Identifier.optional(),
  channel: ChannelName.optional(),
  workspaceId: Identifier.optional(),
}

/** Client → server, for connections with the capability of that name. */
export const deliveryMessages = {
  /** Everything of a subscription up to `seq` has arrived. */
  ack: z
    .object({
      type: z.literal('ack'),
      id: z.union([z.string().max(64), z.int()]).optional(),
      ...name,
      seq: z.int().min(0),
    })
    .refine(
      ({ executionId, channel }) => (executionId === undefined) !== (channel === undefined),
      'Name either executionId or channel.',
    ),
} as const

/** Server → client, for connections with the capability of that name. */
export const deliveryAnswers = {
  /** Interleaved streams, merged: `events` stand for everything from `from` to `to`. */
  batch: z.object({
    type: z.literal('batch'),
    timestamp: z.number(),
    ...name,
    from: z.int().min(1),
    to: z.int().min(1),
    events: z.array(z.custom<WorkflowEvent>()),
  }),
} as const
