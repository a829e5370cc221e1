import { z } from 'zod'
import { PromptInputType } from '../events/user-input.ts'
import { FormField } from '../nodes/field.ts'
import { PromptChoice } from '../nodes/prompt.ts'
import { promptStatuses } from './prompts.ts'
import { linkHours } from './workspaces.ts'

/** How long a link to answer may live, hours: by default over a weekend. The question's deadline ends it sooner. */
export const promptLinkHours = { min: linkHours.min, max: linkHours.max, default: 72 } as const

export const CreatePromptLink = z.object({
  expiresInHours: z.int().min(promptLinkHours.min).max(promptLinkHours.max).default(promptLinkHours.default),
})
export type CreatePromptLink = z.input<typeof CreatePromptLink>

/**
 * The only answer that ever holds the token. `path`: of the page that takes it, from the root of the origin; the token
 * stands behind `#`, which browsers keep to themselves.
 */
export const CreatedPromptLink = z.object({ token: z.string(), path: z.string(), expiresAt: z.number() })
export type CreatedPromptLink = z.output<typeof CreatedPromptLink>

/** It names a question, whose id is the longest part: 300 characters, which escaped and encoded become 2400. */
const token = z.string().min(1).max(3000)

export const OpenPromptLink = z.object({ token })
export type OpenPromptLink = z.input<typeof OpenPromptLink>

/** One question as its page shows it, and nothing else of its run. Of an answer: who gave it and when. */
export const OpenedPromptLink = z.object({
  requestId: z.string(),
  workflowName: z.string(),
  /** Who made the link. */
  sharedByName: z.string(),
  expiresAt: z.number(),
  status: z.enum(promptStatuses),
  prompt: z.string(),
  body: z.string().optional(),
  inputType: PromptInputType,
  choices: z.array(PromptChoice).optional(),
  fields: z.array(FormField).optional(),
  requestedAt: z.number(),
  deadline: z.number().optional(),
  answeredByName: z.string().optional(),
  answeredAt: z.number().optional(),
})
export type OpenedPromptLink = z.output<typeof OpenedPromptLink>

/** `response` as in `AnswerPrompt`. `name`: how who answers wants to be called; nobody checks it, and it is shown as such. */
export const AnswerByLink = OpenPromptLink.extend({
  response: z.unknown(),
  name: z
    .string()
    .trim()
    .min(1)
    .max(60)
    // A stranger's name stands in other people's lines: it must not break or turn them.
    .regex(/^[^\p{Cc}\u2028-\u202e\u2066-\u2069]*$/u, 'Write the name in one line.')
    .optional(),
})
export type AnswerByLink = z.input<typeof AnswerByLink>
