import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { answerCalls } from '../support/bench-process.ts'
import { quantile } from '../support/figures.ts'
import { type ContestantName, firstSeq } from './contestant.ts'

/** Entry of the clients' process: sockets that count bytes and understand nothing, so that they cost little. */

export interface Joining {
  group: string
  server: ContestantName
  port: number
  count: number
  /** Executions or rooms that each client joins. */
  rooms: string[]
  /** Every client is a user of its own. */
  areDistinct?: boolean
}

interface Reader {
  socket: Socket
  bytes: number
}

interface Group {
  readers: Reader[]
  /** While a paced stream is timed: reader, bytes so far, and when they came, in milliseconds. */
  arrivals: number[] | null
}

const groups = new Map<string, Group>()

async function join({ group: name, server, port, count, rooms, areDistinct = false }: Joining): Promise<void> {
  const group: Group = { readers: [], arrivals: null }
  groups.set(name, group)
  // In small steps: what is measured is not how fast a server accepts.
  const step = 50
  for (let from = 0; from < count; from += step) {
    const opening = Array.from({ length: Math.min(step, count - from) }, async (_, index) => {
      const token = areDistinct ? `user-${from + index}` : 'user'
      const socket = await open(server, port, token)
      for (const message of joinMessages(server, rooms)) socket.write(maskedFrame(message))
      const reader: Reader = { socket, bytes: 0 }
      group.readers.push(reader)
      socket.on('data', (chunk: Buffer) => {
        reader.bytes += chunk.length
        group.arrivals?.push(reader.bytes, now())
      })
      socket.on('error', () => undefined)
    })
    await Promise.all(opening)
  }
}

export interface Returning {
  port: number
  clientCount: number
  executionIds: string[]
  since: number
}

/** Everybody at once; milliseconds from the beginning until each has heard that it has caught up. */
function comeBack({ port, clientCount, executionIds, since }: Returning): Promise<number[]> {
  const startedAt = now()
  return Promise.all(
    Array.from({ length: clientCount }, async (_, index) => {
      const socket = await open('ours', port, `user-${index}`)
      const executionId = executionIds[index % executionIds.length]
      const caughtUp = new Promise<number>((resolve, reject) => {
        let tail = ''
        socket.on('data', (chunk: Buffer) => {
          tail = tail.slice(-20) + chunk.toString('latin1')
          if (tail.includes('"caught_up"')) resolve(now() - startedAt)
          if (tail.includes('"error"')) reject(new Error(tail.slice(0, 300)))
        })
        socket.once('close', () => reject(new Error('closed before it was live')))
      })
      socket.write(maskedFrame(JSON.stringify({ type: 'subscribe', executionId, since })))
      return caughtUp
    }),
  )
}

/** The handshake, and whatever the protocol says before a client may join. */
function open(server: ContestantName, port: number, token: string): Promise<Socket> {
  const path = server === 'socket.io' ? '/socket.io/?EIO=4&transport=websocket' : '/ws'
  const protocols = server === 'ours' ? `sec-websocket-protocol: millrace.v1, bearer.${token}\r\n` : ''
  const key = randomBytes(16).toString('base64')
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n${protocols}\r\n`,
      )
    })
    let seen = ''
    // What says that the next step may be taken.
    const signs = server === 'socket.io' ? ['0{', '40{'] : server === 'ours' ? ['"connected"'] : ['\r\n\r\n']
    const listen = (chunk: Buffer) => {
      seen += chunk.toString('latin1')
      if (seen.startsWith('HTTP/1.1 4')) reject(new Error(seen.slice(0, 100)))
      while (signs[0] !== undefined && seen.includes(signs[0])) {
        if (signs.shift() === '0{') socket.write(maskedFrame('40'))
      }
      if (signs.length > 0) return
      socket.off('data', listen)
      resolve(socket)
    }
    socket.on('data', listen)
    socket.once('error', reject)
  })
}

function joinMessages(server: ContestantName, rooms: string[]): string[] {
  if (server === 'ours')
    return rooms.map((executionId) => JSON.stringify({ type: 'subscribe', executionId, since: firstSeq }))
  return server === 'socket.io' ? [`42${JSON.stringify(['join', rooms])}`] : [JSON.stringify(rooms)]
}

/** A text frame of a client; a mask of zeros leaves the text as it is. */
function maskedFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const header =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length])
      : Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff])
  return Buffer.concat([header, Buffer.alloc(4), payload])
}

function groupOf(name: string): Group {
  const group = groups.get(name)
  if (group === undefined) throw new Error(`no group ${name}`)
  return group
}

function now(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000
}

answerCalls({
  join,
  /** Resolves when nothing more comes; what each reader got since the last time, least and most. */
  async settle(name: string): Promise<{ least: number; most: number }> {
    const { readers } = groupOf(name)
    const total = () => readers.reduce((sum, { bytes }) => sum + bytes, 0)
    for (let before = -1, same = 0; same < 3; ) {
      const after = total()
      same = after === before ? same + 1 : 0
      before = after
      await new Promise((resolve) => {
        setTimeout(resolve, 20)
      })
    }
    const counts = readers.map(({ bytes }) => bytes)
    for (const reader of readers) reader.bytes = 0
    return { least: Math.min(...counts), most: Math.max(...counts) }
  },
  startTiming(name: string) {
    groupOf(name).arrivals = []
  },
  /** Milliseconds from publishing to arrival over all readers, each turn of the publisher having `turnBytes`. */
  endTiming({ group: name, publishedAt, turnBytes }: { group: string; publishedAt: number[]; turnBytes: number }) {
    const group = groupOf(name)
    const arrivals = group.arrivals ?? []
    group.arrivals = null
    const latencies: number[] = []
    for (let index = 0; index < arrivals.length; index += 2) {
      const last = Math.floor(((arrivals[index] ?? 0) - 1) / turnBytes)
      latencies.push((arrivals[index + 1] ?? 0) - (publishedAt[last] ?? Number.NaN))
    }
    return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), max: quantile(latencies, 1) }
  },
  return: comeBack,
  pause(name: string) {
    for (const { socket } of groupOf(name).readers) socket.pause()
  },
  leave(name: string) {
    for (const { socket } of groupOf(name).readers) socket.destroy()
    groups.delete(name)
  },
})
