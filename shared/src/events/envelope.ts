import { z } from 'zod'

/** Bounds of one stored event. An output above `inlineOutputBytesMax` is stored apart and shown by reference and preview. */
export const eventLimits = {
  payloadBytesMax: 256 * 1024,
  inlineOutputBytesMax: 64 * 1024,
  previewCharactersMax: 500,
  /** Of a variable's value as JSON; a longer one is shown by its preview. */
  variableValueBytesMax: 1024,
  chunkCharactersMax: 8192,
  /** Of an error's sentence, a line of the log, and the reason why a run is blocked or was stopped. */
  messageCharactersMax: 4000,
  /** Of the words beside progress, and of a question that a reminder repeats. */
  shortTextCharactersMax: 500,
  /** Of the reason why a node did not run, a run is paused or a question was withdrawn. */
  reasonCharactersMax: 300,
} as const

/**
 * Kinds of topic an event lives in. execution: everything about one run; workspace: what lists and
 * the inbox need; user: personal notices. The log gives each topic its own gapless `seq`.
 */
export type TopicKind = 'execution' | 'workspace' | 'user'

/** control: never merged, sent at once; stream: may be merged with its neighbours by concatenation; latest: only the newest matters. */
export type DeliveryClass = 'control' | 'stream' | 'latest'

/** Fields that tell the streams of one event type apart: events that agree in all of them may be merged. */
interface MergeKey {
  by: readonly string[]
}

/** How neighbours of a stream become one event: their texts joined where one ends at the place the next begins. */
export interface StreamMerge extends MergeKey {
  text: string
  /** Holds the index of the text's first UTF-16 unit. */
  offset: string
  /** Numbers that are added up. */
  sums: readonly string[]
}

/** The newest stands for all; of the fields named the greatest does, because their events may overtake each other. */
export interface LatestMerge extends MergeKey {
  greatest?: readonly string[]
}

/** What the schema of an event type says besides its fields. */
export type EventTraits = Delivery & {
  topics: readonly TopicKind[]
  /** The run ends with it: exactly one per execution, nothing follows it. */
  terminal?: true
  /** One sentence for docs/protocol.md. */
  doc: string
}

type Delivery =
  | { delivery: 'control' }
  | { delivery: 'stream'; merge: StreamMerge }
  | { delivery: 'latest'; merge: LatestMerge }

/** Fields of every event, as the emitter stamps them. `seq` joins when the log has stored it. */
export const eventBase = {
  /** Semantic identity within a topic; see `event-id.ts`. */
  eventId: z.string().min(1).max(300),
  /** Epoch milliseconds, for display only: order is `seq`. */
  timestamp: z.int().min(0),
}

export const executionBase = { ...eventBase, executionId: z.string().min(1).max(64) }

/** Of events in the workspace's topic. The log stamps it, so that lists can be filtered; events of older logs lack it until they are read. */
export const listedBase = { ...executionBase, workflowId: z.string().optional() }

/** Where in the run: the node, its path with loop frames, and the round of its loop (from 1). */
export const nodeBase = {
  ...executionBase,
  nodeId: z.string().min(1).max(64),
  nodePath: z.string().min(1).max(200),
  iteration: z.int().min(1),
}

/**
 * A failure as builders see it: no stack, no secret. Like every sentence of an event it may be longer until it is stored:
 * there it is cut to `eventLimits`, after secrets are masked, so that of none the beginning remains.
 */
export const EventError = z.object({
  code: z.string().max(64),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
})
export type EventError = z.output<typeof EventError>

/** An output too large for an event. */
export const OutputRef = z.object({ ref: z.string(), bytes: z.int().min(0), preview: z.string() })
export type OutputRef = z.output<typeof OutputRef>

export function defineEvent<Type extends string, Shape extends z.ZodRawShape>(
  type: Type,
  traits: EventTraits,
  shape: Shape,
) {
  return { type, traits, schema: z.object({ type: z.literal(type), ...shape }) }
}
