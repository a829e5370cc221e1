import { eventId } from '@millrace/shared/events/event-id'
import type { StoredEvent } from '../../src/events/event-reader.ts'
import { draftJsonOf, payloadOf } from '../../src/events/stored-payload.ts'
import { newId } from '../../src/repositories/new-id.ts'
import { mergeFrames } from '../../src/websocket/topics/merged-slice.ts'
import { EventFrame } from '../../src/websocket/topics/topic-ring.ts'
import { table } from '../support/figures.ts'

const chunk = 'a passage of forty characters of a model'

/** F14: what a passage of 40 characters weighs on the wire, alone and as a reader who is behind gets it. */
export async function measureTokenBytes(): Promise<string> {
  const executionId = newId()
  const frames = Array.from({ length: 64 }, (_, index) => frameOf(executionId, index))
  const alone = frames[0]?.frame.bytes ?? 0
  const rows = [1, 2, 4, 8, 16, 32, 64].map((count) => {
    const slice = mergeFrames({ frames: frames.slice(0, count), batchAddress: null })
    return [String(count), (count === 1 ? alone : slice.bytes / count).toFixed(0), String(slice.parts.length)]
  })
  return `A passage of ${chunk.length} characters as \`node:stream\`, with the frame’s header.\n\n${table(['passages in one event', 'bytes per passage', 'messages'], rows)}`
}

function frameOf(executionId: string, index: number): EventFrame {
  const draft = {
    type: 'node:stream' as const,
    eventId: eventId({ nodePath: 'writer', type: 'node:stream', attempt: 1, ordinal: index }),
    timestamp: Date.now(),
    executionId,
    nodeId: 'writer',
    nodePath: 'writer',
    iteration: 1,
    attempt: 1,
    chunk,
    offset: index * chunk.length,
    tokens: 8,
  }
  const topic = `execution:${executionId}`
  const seq = 100 + index
  const stored: StoredEvent = {
    topic,
    epoch: '',
    seq,
    eventId: draft.eventId,
    type: draft.type,
    payload: payloadOf(draftJsonOf(draft), { topic, seq, workspaceId: '' }),
  }
  return new EventFrame(stored)
}
