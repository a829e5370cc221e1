import type { z } from 'zod'
import type { RetryPolicy } from '../graph/workflow-definition.ts'

/** A place where an edge leaves a node. Every node but a trigger has one unnamed input. */
export interface Port {
  id: string
  label: string
  /** branch: one of several ways out; error, expired: ways out that the set-up adds. */
  kind: 'main' | 'branch' | 'error' | 'expired'
}

/** A piece of a node's set-up that is evaluated when the node starts. */
export interface ExpressionRef {
  /** Dotted path inside `config`: `user`, `fields.0.value`, `headers.2.value`. */
  path: string
  /** cel: a value of any type; template: Liquid, always a text. */
  kind: 'cel' | 'template'
  source: string
}

/** A field of a node's output, for the variable picker and the checks while editing. */
export interface OutputField {
  name: string
  type: 'string' | 'number' | 'boolean' | 'object' | 'array' | 'any'
  description?: string
}

/**
 * pure: evaluated inside the workflow, no history; effect: an activity, runs at least once;
 * wait: held open by the workflow until an answer or a timer; trigger: where a run begins.
 */
export type NodeKind = 'trigger' | 'pure' | 'effect' | 'wait'

export type NodeGroup = 'Start' | 'AI' | 'Data' | 'Flow' | 'People' | 'Knowledge' | 'End'

/** What a node type is, apart from what it does (`temporal/src/executors`) and how it looks (the default card is drawn from this). */
export interface NodeDefinition<Config extends z.ZodObject = z.ZodObject> {
  type: string
  title: string
  /** One sentence for the palette: what it does, begun by a verb. */
  description: string
  group: NodeGroup
  kind: NodeKind
  /** Name of a lucide icon. */
  icon: string
  /** universal: can also run in the browser shell; server: needs the worker. */
  runsIn: 'universal' | 'server'
  configSchema: Config
  /** A set-up that a newly added node starts with; valid as far as it can be without asking. */
  defaults: () => Record<string, unknown>
  /** Ports that lead out. `error` is added by `onError: 'branch'`, not here. */
  outputs: (config: z.output<Config>) => Port[]
  expressions: (config: z.output<Config>) => ExpressionRef[]
  outputFields: (config: z.output<Config>) => OutputField[]
  /** Second line of the card: the set-up in a few words, never the type's name. */
  summary: (config: z.output<Config>) => string
  /** Used where the node says nothing else. Nodes without it are tried once. */
  defaultRetry?: RetryPolicy
  /** Of one attempt. */
  defaultTimeoutMs?: number
}

/** Identity at run time; the type check is the point: ports and summaries get their own config type. */
export function defineNode<Config extends z.ZodObject>(definition: NodeDefinition<Config>): NodeDefinition<Config> {
  return definition
}

export const outPort: Port = { id: 'out', label: 'out', kind: 'main' }
