import type { WorkflowEvent } from '@millrace/shared/events'
import { encodeMessage, type TextFrame } from './text-frame.ts'
import type { EventFrame } from './topic-ring.ts'

/** How a channel sends an event that it does not send as it is stored. */
export type FrameView = (frame: EventFrame) => TextFrame

type EventView = (event: WorkflowEvent) => object | null

/** By view and event, as long as somebody holds the event: each is encoded once however many read it. */
const encoded = new WeakMap<EventView, WeakMap<EventFrame, TextFrame>>()

/** An event that the view does not know is sent as it is. */
export function frameViewOf(view: EventView): FrameView {
  const known = encoded.get(view) ?? new WeakMap<EventFrame, TextFrame>()
  encoded.set(view, known)
  return (frame) => {
    const kept = known.get(frame)
    if (kept !== undefined) return kept
    const shown = view(frame.event)
    const text = shown === null ? frame.frame : encodeMessage(shown)
    known.set(frame, text)
    return text
  }
}
