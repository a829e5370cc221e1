import WebSocket from 'ws'
import { answerCalls } from '../support/bench-process.ts'

/** Entry of the client's process: one viewer, and when each passage reached it. */
let socket: WebSocket | null = null
let arrivals: number[] = []

function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000
}

answerCalls({
  /** Resolves when it is live. */
  follow({ url, executionId }: { url: string; executionId: string }): Promise<void> {
    arrivals = []
    const opened = new WebSocket(url, ['millrace.v1', 'bearer.any'])
    socket = opened
    return new Promise((resolve, reject) => {
      opened.on('error', reject)
      opened.on('close', (code) => reject(new Error(`closed with ${code}`)))
      opened.on('message', (data) => {
        const arrivedAt = now()
        const message = JSON.parse(String(data)) as { type: string; offset?: number }
        if (message.type === 'node:stream') arrivals[message.offset ?? 0] = arrivedAt
        else if (message.type === 'connected') opened.send(JSON.stringify({ type: 'subscribe', executionId }))
        else if (message.type === 'caught_up') resolve()
      })
    })
  },
  count: () => arrivals.reduce((count) => count + 1, 0),
  arrivals: () => arrivals,
  leave: () => socket?.close(),
})
