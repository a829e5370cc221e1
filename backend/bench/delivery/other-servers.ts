import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Server as SocketIoServer } from 'socket.io'
import { type WebSocket, WebSocketServer } from 'ws'
import { encodeTextFrame } from '../../src/websocket/frames/text-frame.ts'
import { type Contestant, type ContestantName, eventOf, firstSeq } from './contestant.ts'

/** What these servers are compared with; each as its own documentation would have it, nothing else attached. */
export function openOther(name: Exclude<ContestantName, 'ours'>): Promise<Contestant> {
  return name === 'socket.io' ? openSocketIo() : openWs(name)
}

async function openWs(name: 'raw' | 'ws-buffer' | 'ws-naive'): Promise<Contestant> {
  const http = createServer()
  const server = new WebSocketServer({ server: http, perMessageDeflate: false, clientTracking: false })
  const clients: WebSocket[] = []
  // The room is joined by a first message, as everywhere here.
  server.on('connection', (client) => client.once('message', () => clients.push(client)))
  const port = await listen(http)
  let seq = firstSeq
  const nextEvents = (count: number) => Array.from({ length: count }, () => eventOf((seq += 1)))
  const send = {
    /** One frame for everybody, written to the socket below the library: the floor. */
    raw(events: object[]) {
      const frame = Buffer.concat(events.flatMap((event) => encodeTextFrame(JSON.stringify(event)).fragments))
      for (const { _socket: socket } of clients as (WebSocket & { _socket: Socket })[]) socket.write(frame)
    },
    'ws-buffer'(events: object[]) {
      for (const event of events) {
        const buffer = Buffer.from(JSON.stringify(event))
        for (const client of clients) client.send(buffer, { binary: false })
      }
    },
    'ws-naive'(events: object[]) {
      for (const event of events) for (const client of clients) client.send(JSON.stringify(event))
    },
  }[name]
  return {
    port,
    joinedCount: () => clients.length,
    async publish(eventCount) {
      send(nextEvents(eventCount))
      await nextTurn()
    },
  }
}

async function openSocketIo(): Promise<Contestant> {
  const http = createServer()
  // Readers that only count answer no ping; compression is off by default.
  const io = new SocketIoServer(http, { transports: ['websocket'], pingInterval: 3_600_000, serveClient: false })
  let joinedCount = 0
  io.on('connection', (socket) => {
    socket.once('join', async (rooms: string[]) => {
      await socket.join(rooms)
      joinedCount += 1
    })
  })
  const port = await listen(http)
  let seq = firstSeq
  return {
    port,
    joinedCount: () => joinedCount,
    async publish(eventCount) {
      for (let count = 0; count < eventCount; count += 1) io.to('bench').emit('event', eventOf((seq += 1)))
      await nextTurn()
    },
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => resolve((server.address() as AddressInfo).port))
  })
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
