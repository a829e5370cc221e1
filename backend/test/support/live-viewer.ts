import { createSocketClient, type SocketClient } from '@millrace/shared/client/socket-client'
import type { WebSocketConstructor } from '@millrace/shared/client/web-socket-like'
import type { ExecutionView } from '@millrace/shared/engine/execution-view'
import type { WorkflowEvent } from '@millrace/shared/events'
import WebSocket from 'ws'
import type { ProductClient } from './product-client.ts'

/** A person's window on one run, over the product's own client. */
export interface LiveViewer {
  socket: SocketClient
  /** As they came; those inside a snapshot are not among them. */
  seen: WorkflowEvent[]
  view: () => ExecutionView | null
  hasEnded: () => boolean
  /** Whether the whole past came as a snapshot. */
  snapshotCount: () => number
}

/** A connected socket that follows nothing yet. The caller closes it. */
export function openSocket({ baseUrl, token }: ProductClient): SocketClient {
  const socket = createSocketClient({
    url: `${baseUrl.replace('http', 'ws')}/ws`,
    getToken: () => token,
    WebSocket: WebSocket as unknown as WebSocketConstructor,
  })
  socket.connect()
  return socket
}

export function watchExecution(client: ProductClient, executionId: string): LiveViewer {
  const socket = openSocket(client)
  const seen: WorkflowEvent[] = []
  let view: ExecutionView | null = null
  let hasEnded = false
  let snapshotCount = 0
  socket.on('snapshot', () => {
    snapshotCount += 1
  })
  socket.followExecution(executionId, {
    onEvent: (event) => seen.push(event),
    onView: (next) => {
      view = next
    },
    onEnded: () => {
      hasEnded = true
    },
  })
  return { socket, seen, view: () => view, hasEnded: () => hasEnded, snapshotCount: () => snapshotCount }
}
