import type { WorkflowEvent } from '@millrace/shared/events'
import { encodeTextFrame, type TextFrame } from '../frames/text-frame.ts'
import type { EventFrame } from '../topics/topic-ring.ts'

/** How a channel sends an event: with its address in it, and perhaps in other words than it is stored. */
export type FrameView = (frame: EventFrame) => TextFrame

type EventView = (event: WorkflowEvent) => object | null

/** Encoded forms kept per event: the lists of one workspace that people have open; more are encoded again for each reader. */
const keptPerEventMax = 8

/** By event, as long as somebody holds it, and by the address in it: each is encoded once however many read it. */
const encoded = new WeakMap<EventFrame, Map<string, TextFrame>>()

/**
 * Two channels of one topic arrive on one socket, each at its own pace, so an event says for which of them it is sent.
 * @param view null: as it is stored; as is an event that the view does not know.
 */
export function frameViewOf(address: { channel: string; workspaceId?: string }, view: EventView | null): FrameView {
  const ending = `,${JSON.stringify(address).slice(1)}`
  return (frame) => {
    const kept = encoded.get(frame) ?? new Map<string, TextFrame>()
    encoded.set(frame, kept)
    const known = kept.get(ending)
    if (known !== undefined) return known
    const shown = view === null ? null : view(frame.event)
    const text = shown === null ? frame.payload : JSON.stringify(shown)
    const named = encodeTextFrame(text.slice(0, -1) + ending)
    if (kept.size < keptPerEventMax) kept.set(ending, named)
    return named
  }
}
