import { z } from 'zod'
import { defineEvent, eventLimits, nodeBase } from './envelope.ts'

/**
 * Stands for a value whose JSON is longer than `eventLimits.variableValueBytesMax`; the whole of it is in the output of
 * the step. Cut where the event is stored, after secrets are masked, so that of none the beginning remains.
 */
export const CutValue = z.object({
  truncated: z.literal(true),
  bytes: z.int().min(0),
  preview: z.string().max(eventLimits.previewCharactersMax),
})
export type CutValue = z.output<typeof CutValue>

export const variableEvents = [
  defineEvent(
    'variable:changed',
    {
      topics: ['execution'],
      delivery: 'control',
      doc: `A step that sets fields gave one a value other than the one before, that of the round before in a loop; told before the step ends. A value whose JSON has more than ${eventLimits.variableValueBytesMax} bytes is \`{"truncated":true,"bytes":…,"preview":…}\`. A long \`oldValue\` is left out: it is the \`newValue\` of the change before. \`isLast\`: the run has told as many changes as it may, and tells no later one.`,
    },
    {
      ...nodeBase,
      /** Expressions read it as \`nodeId.varName\`. */
      varName: z.string().max(64),
      /** Absent for one that is created, and where it is long: then it is the \`newValue\` of the change before. */
      oldValue: z.unknown().optional(),
      newValue: z.unknown(),
      changeType: z.enum(['created', 'updated']),
      /** Set on the last change that a run tells: what variables become after it is in the outputs of their steps only. */
      isLast: z.literal(true).optional(),
    },
  ),
] as const
