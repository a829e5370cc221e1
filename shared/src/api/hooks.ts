import { z } from 'zod'
import { eventDefinitions, type WorkflowEventType } from '../events/index.ts'

/** Bounds of hooks: a workspace has a handful, and each costs a request per event. */
export const hookLimits = { perWorkspaceMax: 20, urlCharactersMax: 2000 } as const

/**
 * What a hook can be told of: what lists of the workspace show. Not of what is only the newest state of something,
 * which comes several times a second, and not of hooks themselves.
 */
export const hookEventTypes: readonly WorkflowEventType[] = eventDefinitions
  .filter(({ type, traits }) => {
    const isListed = (traits.topics as readonly string[]).includes('workspace')
    return isListed && traits.delivery === 'control' && !type.startsWith('hook:')
  })
  .map(({ type }) => type)

const EventTypes = z
  .array(
    z.string().refine((type) => (hookEventTypes as readonly string[]).includes(type), 'hooks are not told of this'),
  )
  .min(1)
  .max(hookEventTypes.length)
  .transform((types) => [...new Set(types)])

const HookUrl = z
  .string()
  .max(hookLimits.urlCharactersMax)
  .refine((text) => isHookUrl(text), 'must be an http(s) address without user name and password')

/** An address that is told of events. */
export const Hook = z.object({
  id: z.string(),
  /** Null: events of the whole workspace. */
  workflowId: z.string().nullable(),
  url: z.string(),
  eventTypes: z.array(z.string()),
  isActive: z.boolean(),
  createdAt: z.number(),
})
export type Hook = z.output<typeof Hook>

export const CreateHook = z.object({
  url: HookUrl,
  eventTypes: EventTypes,
  /** Only events of this workflow. */
  workflowId: z.string().min(1).max(64).optional(),
})
export type CreateHook = z.output<typeof CreateHook>

/** The answers to making a hook and to giving it another secret; no other ever holds one. */
export const CreatedHook = Hook.extend({ secret: z.string() })
export type CreatedHook = z.output<typeof CreatedHook>

export const ChangeHook = z
  .object({ url: HookUrl, eventTypes: EventTypes, isActive: z.boolean() })
  .partial()
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'names nothing to change')
export type ChangeHook = z.output<typeof ChangeHook>

/** One event for one hook. */
export const HookDelivery = z.object({
  /** Of the event in the workspace's topic. */
  seq: z.int(),
  eventType: z.string(),
  executionId: z.string().nullable(),
  status: z.enum(['waiting', 'delivered', 'failed']),
  attempts: z.int(),
  /** When it is tried next; null once it is over. */
  dueAt: z.number().nullable(),
  /** Of the last answer; null: there was none. */
  responseStatus: z.int().nullable(),
  /** Why the last attempt failed. */
  error: z.string().nullable(),
  createdAt: z.number(),
  finishedAt: z.number().nullable(),
})
export type HookDelivery = z.output<typeof HookDelivery>

function isHookUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === ''
}
