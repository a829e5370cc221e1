import { createSocketClient, type SocketClient } from '@millrace/shared/client/socket-client'
import type { WebSocketConstructor } from '@millrace/shared/client/web-socket-like'
import type { ExecutionView } from '@millrace/shared/engine/execution-view'
import type { WorkflowEvent } from '@millrace/shared/events'
import WebSocket from 'ws'
import { Journal } from './journal.ts'
import { digestOf } from './known-log.ts'

export interface JournaledClient {
  readonly socket: SocketClient
  readonly journal: Journal
  /** Follows a run, with everything its application is told written down. Returns how to stop, and to forget. One follower per run. */
  follow(executionId: string): () => void
  followChannel(channel: string): () => void
  /** Highest number that the application knows of a run, by events or a snapshot. */
  place(executionId: string): number
  hasEnded(executionId: string): boolean
  /** Writes the states down that the application was shown last, and ends the connection. */
  finish(): void
}

export interface JournaledClientOptions {
  name: string
  url: string | (() => string)
  getToken: () => string | null | Promise<string | null>
  workspaceIds: readonly string[]
  canaries?: readonly string[]
  random?: () => number
  /** What a broken client would make of what it knows. */
  lies?: ClientLies
}

export interface ClientLies {
  /** What its application is told instead of an event. */
  told?: (event: WorkflowEvent) => readonly WorkflowEvent[]
  /** What it shows instead of a state. */
  shown?: (view: ExecutionView) => ExecutionView
}

/** The product's own client, with a journal of every frame and of everything its application is told. */
export function openJournaledClient(options: JournaledClientOptions): JournaledClient {
  const { name, url, getToken, workspaceIds, canaries = [], random = Math.random, lies = {} } = options
  const { told = (event) => [event], shown = (view) => view } = lies
  const journal = new Journal({ name, workspaceIds, canaries })
  const views = new Map<string, ExecutionView>()
  const ended = new Set<string>()
  const socket = createSocketClient({
    url,
    getToken,
    WebSocket: WebSocket as unknown as WebSocketConstructor,
    random,
    debug: (entry) => {
      if (entry.kind === 'sent') journal.sent(entry.frame as { type: string })
      else if (entry.kind === 'received') journal.received(entry.frame as { type: string })
    },
  })
  socket.connect()
  return {
    socket,
    journal,
    follow(executionId) {
      const key = `execution:${executionId}`
      const stop = socket.followExecution(executionId, {
        onEvent: (event) => {
          for (const one of told(event)) journal.told(key, one)
        },
        onView: (view) => views.set(executionId, shown(view)),
        onEnded: () => ended.add(executionId),
      })
      return () => {
        stop()
        views.delete(executionId)
        ended.delete(executionId)
        journal.add({ kind: 'forgot', key })
      }
    },
    followChannel: (channel) =>
      socket.followChannel(channel, {
        onEvent: (event) => {
          for (const one of told(event as WorkflowEvent)) journal.told(`channel:${channel}`, one)
        },
      }),
    place: (executionId) => views.get(executionId)?.seq ?? 0,
    hasEnded: (executionId) => ended.has(executionId),
    finish() {
      socket.close()
      for (const [executionId, view] of views) {
        journal.shown.set(executionId, { seq: view.seq, state: digestOf(view) })
      }
    },
  }
}
