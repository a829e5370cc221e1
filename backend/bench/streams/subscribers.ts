import type { Client } from '@temporalio/client'
import { WorkflowStreamClient } from '@temporalio/workflow-streams/client'
import WebSocket from 'ws'

export interface Subscribers {
  /** Milliseconds from publishing to arrival, of all subscribers. */
  latencies: number[]
  /** Resolves when everybody has everything, or has been told that there is no more; rejects never. */
  done: Promise<unknown>
  errors: string[]
  close(): void
}

interface Following {
  id: string
  count: number
  passageCount: number
  publishedAt: readonly number[]
}

/** What the library takes for "at once"; its default is 100 ms. */
const eagerOptions = { pollCooldown: 1 }

export function followStreams(
  client: Client,
  isEager: boolean,
  { id, count, passageCount, publishedAt }: Following,
): Subscribers {
  const latencies: number[] = []
  const errors: string[] = []
  const loops = Array.from({ length: count }, async () => {
    const topic = WorkflowStreamClient.create(client, id).topic<{ index: number }>('text')
    let received = 0
    try {
      for await (const { data } of topic.subscribe(0, isEager ? eagerOptions : {})) {
        latencies.push(performance.now() - (publishedAt[data.index] ?? Number.NaN))
        received += 1
        if (received === passageCount) return
      }
    } catch (error) {
      errors.push(String(error))
    }
  })
  return { latencies, errors, done: Promise.all(loops), close: () => undefined }
}

/** Resolves when all of them are live. */
export async function followOurs(
  url: string,
  { id, count, passageCount, publishedAt }: Following,
): Promise<Subscribers> {
  const latencies: number[] = []
  const errors: string[] = []
  const sockets: WebSocket[] = []
  const live: Promise<void>[] = []
  const loops = Array.from({ length: count }, (_, index) => {
    const socket = new WebSocket(url, ['millrace.v1', `bearer.user-${index}`])
    sockets.push(socket)
    const caughtUp = Promise.withResolvers<void>()
    live.push(caughtUp.promise)
    return new Promise<void>((resolve) => {
      let received = 0
      socket.on('close', () => resolve())
      socket.on('error', (error) => errors.push(String(error)))
      socket.on('message', (data) => {
        const message = JSON.parse(String(data)) as { type: string; offset?: number }
        if (message.type === 'connected') socket.send(JSON.stringify({ type: 'subscribe', executionId: id }))
        if (message.type === 'caught_up') caughtUp.resolve()
        if (message.type !== 'node:stream') return
        latencies.push(performance.now() - (publishedAt[message.offset ?? -1] ?? Number.NaN))
        received += 1
        if (received === passageCount) resolve()
      })
    })
  })
  await Promise.all(live)
  return {
    latencies,
    errors,
    done: Promise.all(loops),
    close() {
      for (const socket of sockets) socket.close()
    },
  }
}
