import type { WorkflowEvent } from '@millrace/shared/events'
import { type Merged, mergeEvents } from '@millrace/shared/events/merge-events'
import { encodeMessage, type TextFrame } from '../frames/text-frame.ts'
import { EventFrame } from './topic-ring.ts'

/** How somebody is addressed in what concerns one subscription; empty for the own topic, which has no name. */
export type SliceAddress = Record<string, unknown>

/** One message of a slice. */
export interface MergedPart {
  /** The event as the wire is to show it; null in a batch, which is a message. */
  event: EventFrame | null
  frame: TextFrame
  /** Last stored event that it stands for, and how many. */
  toSeq: number
  eventCount: number
}

/** What follows a cursor, as somebody who is behind is told it. */
export interface MergedSlice {
  parts: readonly MergedPart[]
  /** All of them in one; null where a long message is among them. */
  joined: Buffer | null
  bytes: number
  toSeq: number
  eventCount: number
}

export interface MergeRequest {
  topic: string
  /** In the order of the topic. A channel gives those that it accepts, so there may be holes. */
  frames: readonly EventFrame[]
  /** Null: this reader does not understand batches. */
  batchAddress: SliceAddress | null
  /** How this reader is sent an event; default: as it is. */
  view?: (frame: EventFrame) => TextFrame
}

const asItIs = ({ frame }: EventFrame) => frame

/** Enough for half a write: readers at one place share the whole slice, so it is not cut to anybody's room. */
const sliceBytesMax = 32 * 1024

/** Merges frames until there are enough bytes; at least one part. */
export function mergeFrames({ frames, batchAddress, view = asItIs }: Omit<MergeRequest, 'topic'>): MergedSlice {
  const parts: MergedPart[] = []
  let bytes = 0
  for (const merged of mergeEvents(frames, { interleaved: batchAddress !== null })) {
    const part = merged.kind === 'batch' ? batchOf(merged, batchAddress ?? {}) : eventOf(merged, view)
    if (parts.length > 0 && bytes + part.frame.bytes > sliceBytesMax) break
    parts.push(part)
    bytes += part.frame.bytes
  }
  const isSimple = parts.every(({ frame }) => frame.fragments.length === 1)
  return {
    parts,
    joined: isSimple ? Buffer.concat(parts.flatMap(({ frame }) => frame.fragments)) : null,
    bytes,
    toSeq: parts.at(-1)?.toSeq ?? 0,
    eventCount: parts.reduce((sum, { eventCount }) => sum + eventCount, 0),
  }
}

type MergedBatch = Extract<Merged<EventFrame>, { kind: 'batch' }>

function batchOf({ fromSeq: from, toSeq, events }: MergedBatch, address: SliceAddress): MergedPart {
  const frame = encodeMessage({ type: 'batch', timestamp: Date.now(), ...address, from, to: toSeq, events })
  return { event: null, frame, toSeq, eventCount: events.reduce((sum, { count = 1 }) => sum + count, 0) }
}

function eventOf(merged: Exclude<Merged<EventFrame>, MergedBatch>, view: (frame: EventFrame) => TextFrame): MergedPart {
  const event = merged.kind === 'single' ? merged.source : mergedFrame(merged.event)
  const eventCount = merged.kind === 'single' ? 1 : (merged.event.count ?? 1)
  return { event, frame: view(event), toSeq: merged.toSeq, eventCount }
}

function mergedFrame(event: WorkflowEvent): EventFrame {
  const { seq, type } = event
  return new EventFrame({ seq, type, payload: JSON.stringify(event) })
}
