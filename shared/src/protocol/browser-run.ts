import { z } from 'zod'
import { EventError } from '../events/envelope.ts'
import { Identifier, NodePath } from './identifiers.ts'

/** Longest run that is recorded, milliseconds: a day in an open tab. */
const durationMsMax = 24 * 3_600_000
const duration = z.int().min(0).max(durationMsMax)

/** How one step of a run in a browser ended. */
export const BrowserNode = z.object({
  nodeId: Identifier,
  /** With the rounds of loops around it; default: the node itself, outside of loops. */
  nodePath: NodePath.optional(),
  iteration: z.int().min(1).default(1),
  status: z.enum(['completed', 'failed', 'skipped', 'cancelled']),
  output: z.unknown().optional(),
  error: EventError.optional(),
  duration: duration.default(0),
})
export type BrowserNode = z.output<typeof BrowserNode>

/** A run that has happened in somebody's browser. The whole message is bounded by the wire. */
export const BrowserRun = z.object({
  workflowId: Identifier,
  /** Default: the newest. */
  workflowVersion: z.int().min(1).optional(),
  input: z.record(z.string(), z.unknown()).default({}),
  status: z.enum(['completed', 'failed', 'cancelled']),
  outputs: z.record(z.string(), z.unknown()).default({}),
  error: EventError.optional(),
  duration,
  nodes: z.array(BrowserNode).max(300).default([]),
})
export type BrowserRun = z.output<typeof BrowserRun>
/** As it is told: what has a default may be left out. */
export type BrowserRunReport = z.input<typeof BrowserRun>
