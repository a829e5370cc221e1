import { z } from 'zod'
import { defineEvent, eventBase } from './envelope.ts'

const listed = ['workspace'] as const

const hookBase = {
  ...eventBase,
  hookId: z.string(),
  /** Of the delivered event in the workspace's topic. */
  deliverySeq: z.int().min(1),
  deliveredType: z.string(),
  attempts: z.int().min(1),
  responseStatus: z.int().optional(),
}

/** About deliveries to other systems. Hooks are not told of these: each delivery would cause the next. */
export const hookEvents = [
  defineEvent('hook:delivered', { topics: listed, delivery: 'control', doc: 'A hook took an event.' }, { ...hookBase }),
  defineEvent(
    'hook:failed',
    { topics: listed, delivery: 'control', doc: 'An event could not be delivered to a hook, and is not tried again.' },
    { ...hookBase, reason: z.string().max(200) },
  ),
] as const
