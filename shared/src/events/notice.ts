import { z } from 'zod'
import { defineEvent, eventBase } from './envelope.ts'

export const NoticeLevel = z.enum(['info', 'success', 'warning', 'error'])
export type NoticeLevel = z.output<typeof NoticeLevel>

/** execution: a run of theirs ended; question: a run of theirs waits; announcement: an owner of their workspace says it. */
export const NoticeCategory = z.enum(['execution', 'question', 'announcement'])

/** Something a person may do about a notice: a page of the app. */
export const NoticeAction = z.object({
  label: z.string().min(1).max(60),
  /** A path within the app, such as `/executions/e1`. */
  path: z
    .string()
    .regex(/^\/(?!\/)/, 'A path within the app begins with one slash.')
    .max(300),
})
export type NoticeAction = z.output<typeof NoticeAction>

export const noticeEvents = [
  defineEvent(
    'notification',
    { topics: ['user'], delivery: 'control', doc: 'A person is told something that concerns them.' },
    {
      ...eventBase,
      level: NoticeLevel,
      category: NoticeCategory,
      title: z.string().min(1).max(200),
      message: z.string().max(1000),
      actions: z.array(NoticeAction).max(3).optional(),
    },
  ),
  defineEvent(
    'registry:updated',
    {
      topics: ['workspace'],
      delivery: 'control',
      doc: 'What can be run has changed: the first credential of a provider was added, or its last one removed.',
    },
    {
      ...eventBase,
      provider: z.string(),
      /** Whether the workspace has a credential for the provider now. */
      available: z.boolean(),
      /** Types of nodes that can use it. */
      nodeTypes: z.array(z.string()),
    },
  ),
] as const
