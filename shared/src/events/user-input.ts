import { z } from 'zod'
import { FormField } from '../nodes/field.ts'
import { PromptChoice } from '../nodes/prompt.ts'
import { defineEvent, listedBase, nodeBase } from './envelope.ts'

const listed = ['execution', 'workspace'] as const
const requestId = z.string().min(1).max(300)

export const PromptInputType = z.enum(['approval', 'choice', 'form', 'text'])
export type PromptInputType = z.output<typeof PromptInputType>

/** Who answered, as others may see it. */
export const Answerer = z.object({ userId: z.string(), name: z.string() })
export type Answerer = z.output<typeof Answerer>

const promptBase = { ...nodeBase, ...listedBase }

/** Of events that close a question. The log stamps what kind of question it was, so that approvals can be told apart. */
const closingBase = { ...promptBase, inputType: PromptInputType.optional() }

export const userInputEvents = [
  defineEvent(
    'user:input:required',
    {
      topics: listed,
      delivery: 'control',
      doc: 'The run asks a person. The answer goes to `POST /api/prompts/{requestId}/response`.',
    },
    {
      ...promptBase,
      requestId,
      nodeName: z.string(),
      workflowName: z.string(),
      prompt: z.string(),
      /** Markdown: what the question is about. */
      body: z.string().optional(),
      inputType: PromptInputType,
      /** What an answer must fit, in the words of JSON Schema. */
      validation: z.record(z.string(), z.unknown()),
      choices: z.array(PromptChoice).optional(),
      fields: z.array(FormField).optional(),
      /** Epoch milliseconds. */
      deadline: z.int().optional(),
    },
  ),
  defineEvent(
    'user:input:reminder',
    { topics: listed, delivery: 'control', doc: 'Nobody has answered yet; the question stays open.' },
    {
      ...promptBase,
      requestId,
      /** Which of the reminders set up this is, from 1. Those missed while nothing ran are passed over. */
      number: z.int().min(1),
      inputType: PromptInputType,
      nodeName: z.string(),
      workflowName: z.string(),
      /** The beginning of the question. */
      prompt: z.string(),
      /** Epoch milliseconds. */
      deadline: z.int().optional(),
    },
  ),
  defineEvent(
    'user:input:received',
    { topics: listed, delivery: 'control', doc: 'Somebody answered first; the question is closed.' },
    {
      ...closingBase,
      requestId,
      response: z.record(z.string(), z.unknown()),
      answeredBy: Answerer,
      answeredAt: z.int(),
    },
  ),
  defineEvent(
    'user:input:expired',
    { topics: listed, delivery: 'control', doc: 'The deadline passed without an answer.' },
    { ...closingBase, requestId },
  ),
  defineEvent(
    'user:input:withdrawn',
    { topics: listed, delivery: 'control', doc: 'The question is closed because its run was stopped or failed.' },
    {
      ...closingBase,
      requestId,
      reason: z.string(),
    },
  ),
] as const
