import { z } from 'zod'
import { Answerer, PromptInputType } from '../events/user-input.ts'
import { FormField } from '../nodes/field.ts'
import { PromptChoice } from '../nodes/prompt.ts'
import { PageQuery } from './page.ts'

export const promptStatuses = ['open', 'answered', 'expired', 'withdrawn'] as const

export const PromptsQuery = PageQuery.extend({
  status: z.enum(promptStatuses).optional(),
  executionId: z.string().max(64).optional(),
})

export const Prompt = z.object({
  requestId: z.string(),
  executionId: z.string(),
  workflowId: z.string(),
  workflowName: z.string(),
  nodeId: z.string(),
  nodeName: z.string(),
  iteration: z.int(),
  status: z.enum(promptStatuses),
  prompt: z.string(),
  body: z.string().optional(),
  inputType: PromptInputType,
  validation: z.record(z.string(), z.unknown()),
  choices: z.array(PromptChoice).optional(),
  fields: z.array(FormField).optional(),
  requestedAt: z.number(),
  deadline: z.number().optional(),
  /** Number and time of the newest reminder; missing before the first. */
  reminderCount: z.int().optional(),
  remindedAt: z.number().optional(),
  response: z.record(z.string(), z.unknown()).optional(),
  answeredBy: Answerer.optional(),
  answeredAt: z.number().optional(),
})
export type Prompt = z.output<typeof Prompt>

/**
 * `response` by input type. approval and choice: `{ choice, text? }` (or just the choice's id); form: `{ field: value }`;
 * text: `{ text }` (or just the text).
 */
export const AnswerPrompt = z.object({ response: z.unknown() })
export type AnswerPrompt = z.input<typeof AnswerPrompt>

export const AnswerAccepted = z.object({
  accepted: z.literal(true),
  requestId: z.string(),
  executionId: z.string(),
  response: z.record(z.string(), z.unknown()),
  answeredBy: Answerer,
  answeredAt: z.number(),
})
export type AnswerAccepted = z.output<typeof AnswerAccepted>
