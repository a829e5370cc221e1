import type { WorkflowEvent } from '@millrace/shared/events'
import { digestOf } from './known-log.ts'

/** Something that a session saw or was told, `at` epoch milliseconds. `key` names a subscription as `execution:<id>` or `channel:<name>`. */
export type Entry = { at: number } & (
  | { kind: 'opened' }
  | { kind: 'asked'; key: string; id: unknown; since: number | null; epoch: string | null }
  | { kind: 'refused'; key: string; id: unknown; code: string }
  | { kind: 'left'; key: string }
  | { kind: 'subscribed'; key: string; id: unknown; seq: number; epoch: string }
  | { kind: 'snapshot'; key: string; seq: number; epoch: string; state: string }
  | { kind: 'resync'; key: string }
  | { kind: 'event'; topic: string; event: WorkflowEvent }
  | { kind: 'batch'; key: string; from: number; to: number; events: WorkflowEvent[] }
  | { kind: 'caughtUp' | 'ended'; key: string; seq: number }
  /** Handed to the application by the client. */
  | { kind: 'told'; key: string; event: WorkflowEvent }
  /** The application let go of what it knew. */
  | { kind: 'forgot'; key: string }
  /** From then on nothing may come: a token has expired with its leeway, or a revocation has had its second. */
  | { kind: 'authority ends'; by: 'expiry' | 'revocation' }
  | { kind: 'authority begins' }
  | { kind: 'canary'; canary: string; frame: string }
)

/** An entry before it is stamped. */
export type Sight = Entry extends infer One ? (One extends Entry ? Omit<One, 'at'> : never) : never

interface Frame {
  type: string
  [field: string]: unknown
}

/**
 * What one client saw, in order, across its connections. Fed with the frames themselves; what an application was
 * told and shown is added beside them.
 */
export class Journal {
  readonly name: string
  readonly workspaceIds: readonly string[]
  readonly entries: Entry[] = []
  /** Digest of the state last shown to the application, and the number it stands for, by execution. */
  readonly shown = new Map<string, { seq: number; state: string }>()
  /** Words of other workspaces that must never come. */
  readonly #canaries: readonly string[]
  readonly #now: () => number

  constructor(options: {
    name: string
    workspaceIds: readonly string[]
    canaries?: readonly string[]
    now?: () => number
  }) {
    this.name = options.name
    this.workspaceIds = options.workspaceIds
    this.#canaries = options.canaries ?? []
    this.#now = options.now ?? Date.now
  }

  add(sight: Sight): void {
    this.entries.push({ at: this.#now(), ...sight } as Entry)
  }

  sent(frame: Frame): void {
    if (frame.type !== 'subscribe' && frame.type !== 'replay') return
    const { since, epoch, id } = frame
    this.add({
      kind: 'asked',
      key: keyOf(frame),
      id,
      since: typeof since === 'number' ? since : null,
      epoch: typeof epoch === 'string' ? epoch : null,
    })
  }

  received(frame: Frame): void {
    if (this.#canaries.length > 0) this.#searchCanaries(JSON.stringify(frame))
    const sight = sightOf(frame)
    if (sight !== null) this.add(sight)
  }

  told(key: string, event: WorkflowEvent): void {
    this.add({ kind: 'told', key, event })
  }

  #searchCanaries(text: string): void {
    for (const canary of this.#canaries) {
      if (text.includes(canary)) this.add({ kind: 'canary', canary, frame: text.slice(0, 300) })
    }
  }
}

function sightOf(frame: Frame): Sight | null {
  const key = keyOf(frame)
  const seq = Number(frame['seq'])
  const epoch = String(frame['epoch'])
  switch (frame.type) {
    case 'connected':
      return { kind: 'opened' }
    case 'subscribed':
      return { kind: 'subscribed', key, id: frame['id'], seq, epoch }
    case 'unsubscribed':
      return { kind: 'left', key }
    case 'error':
      return { kind: 'refused', key, id: frame['id'], code: String(frame['code']) }
    case 'snapshot':
      return { kind: 'snapshot', key, seq, epoch, state: digestOf(frame['state']) }
    case 'resync':
      return { kind: 'resync', key }
    case 'caught_up':
      return { kind: 'caughtUp', key, seq }
    case 'ended':
      return { kind: 'ended', key, seq }
    case 'batch':
      return {
        kind: 'batch',
        key,
        from: Number(frame['from']),
        to: Number(frame['to']),
        events: frame['events'] as WorkflowEvent[],
      }
    default:
      return eventSight(frame)
  }
}

/** An event has an id of its own; any other message says nothing about a topic. */
function eventSight(frame: Frame): Sight | null {
  if (typeof frame['eventId'] !== 'string' || typeof frame['seq'] !== 'number') return null
  const topic = typeof frame['topic'] === 'string' ? frame['topic'] : `execution:${String(frame['executionId'])}`
  // For which channel it was sent is no part of what happened.
  const { channel: _channel, ...event } = frame
  return { kind: 'event', topic, event: event as unknown as WorkflowEvent }
}

function keyOf({ executionId, channel }: Frame): string {
  return typeof channel === 'string' ? `channel:${channel}` : `execution:${String(executionId)}`
}
