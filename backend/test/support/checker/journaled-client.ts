import { createSocketClient, type SocketClient } from '@millrace/shared/client/socket-client'
import type { WebSocketConstructor } from '@millrace/shared/client/web-socket-like'
import type { ExecutionView } from '@millrace/shared/engine/execution-view'
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
}

/** The product's own client, with a journal of every frame and of everything its application is told. */
export function openJournaledClient(options: JournaledClientOptions): JournaledClient {
  const { name, url, getToken, workspaceIds, canaries = [], random = Math.random } = options
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
        onEvent: (event) => journal.told(key, event),
        onView: (view) => views.set(executionId, view),
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
      socket.followChannel(channel, { onEvent: (event) => journal.told(`channel:${channel}`, event as never) }),
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
