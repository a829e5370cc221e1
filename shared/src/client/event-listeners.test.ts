import { beforeEach, describe, expect, it } from 'vitest'
import type { ChannelEvent } from '../protocol/channels.ts'
import { EventListeners } from './event-listeners.ts'

describe('EventListeners', () => {
  let listeners: EventListeners
  let heard: number[]
  const tell = (seq: number, topic = 'workspace:w') => {
    const document = { knowledgeBaseId: 'k', documentId: 'd', documentName: 'd' }
    const event = { type: 'kb:document:deleted', eventId: `e${seq}`, timestamp: 1, ...document, seq } as ChannelEvent
    listeners.tellOnce({ ...event, topic })
  }

  beforeEach(() => {
    listeners = new EventListeners((call) => call())
    heard = []
    listeners.add('kb:document:deleted', ({ seq }: { seq: number }) => heard.push(seq))
  })

  it('tells once what two channels of a topic bring, though one lags over a reconnect', () => {
    listeners.noteEpoch('workspace:w', 'a')
    for (const seq of [1, 2, 3]) tell(seq)
    listeners.handleConnected()
    listeners.noteEpoch('workspace:w', 'a')
    // The one that was behind comes to them now.
    for (const seq of [2, 3, 4]) tell(seq)
    expect(heard).toEqual([1, 2, 3, 4])
  })

  it('takes numbers of another epoch for other events', () => {
    listeners.noteEpoch('workspace:w', 'a')
    listeners.noteEpoch('workspace:v', 'a')
    for (const topic of ['workspace:w', 'workspace:v']) for (const seq of [1, 2]) tell(seq, topic)
    listeners.noteEpoch('workspace:w', 'b')
    for (const topic of ['workspace:w', 'workspace:v']) tell(1, topic)
    expect(heard).toEqual([1, 2, 1, 2, 1])
  })

  it('forgets a topic of which no epoch is known with the connection', () => {
    tell(1, 'user:ada')
    tell(1, 'user:ada')
    listeners.handleConnected()
    tell(1, 'user:ada')
    expect(heard).toEqual([1, 1])
  })
})
