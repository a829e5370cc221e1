import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FaultProxy } from './support/fault-proxy.ts'
import { waitUntil } from './support/wait-until.ts'

interface End {
  socket: Socket
  read: () => string
  state: { hasEnded: boolean; errorCode: string; isClosed: boolean }
}

let server: Server
let proxy: FaultProxy
let served: End[]
let opened: End[]

beforeEach(async () => {
  served = []
  opened = []
  server = createServer({ allowHalfOpen: true }, (socket) => served.push(endOf(socket)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  proxy = await FaultProxy.open({ targetPort: (server.address() as AddressInfo).port })
})

afterEach(async () => {
  await proxy.close()
  for (const { socket } of [...served, ...opened]) socket.destroy()
  await new Promise((resolve) => server.close(resolve))
})

describe('the fault proxy', () => {
  it('passes bytes and ends both ways', async () => {
    const { near, far } = await pair()
    near.socket.end('question')
    await waitUntil(() => far.read() === 'question' && far.state.hasEnded)
    far.socket.end('answer')
    await waitUntil(() => near.read() === 'answer' && near.state.isClosed && proxy.linkCount === 0)
  })

  it.each([
    ['fin', ''],
    ['rst', 'ECONNRESET'],
  ] as const)('cuts all by %s', async (kind, code) => {
    const { near, far } = await pair()
    expect(proxy.cutAll(kind)).toBe(1)
    await waitUntil(() => near.state.hasEnded || near.state.isClosed)
    await waitUntil(() => far.state.hasEnded || far.state.isClosed)
    expect([near.state.errorCode, far.state.errorCode]).toEqual([code, code])
    expect(proxy.linkCount).toBe(0)
  })

  it.each([0, 1, 5])('cuts a connection after %i bytes, and the next one not', async (position) => {
    proxy.cutAtByte({ position, direction: 'toClient', kind: 'fin' })
    const near = open()
    await waitUntil(() => served.length === 1 || near.state.hasEnded)
    served[0]?.socket.write('0123456789')
    await waitUntil(() => near.state.hasEnded)
    expect(near.read()).toBe('0123456789'.slice(0, position))
    const next = await pair()
    next.far.socket.write('0123456789')
    await waitUntil(() => next.near.read().length === 10)
  })

  it('keeps bytes and ends back while a hole swallows them, and passes them on afterwards', async () => {
    const { near, far } = await pair()
    proxy.blackhole('toClient')
    far.socket.end('late')
    near.socket.write('still heard')
    await waitUntil(() => far.read() === 'still heard')
    expect([near.read(), near.state.hasEnded]).toEqual(['', false])
    proxy.heal()
    await waitUntil(() => near.read() === 'late' && near.state.hasEnded)
  })

  it('does not tell one side of the death of the other while nothing passes', async () => {
    const { near, far } = await pair()
    proxy.blackhole()
    far.socket.resetAndDestroy()
    const other = await pair()
    expect(near.state).toEqual({ hasEnded: false, errorCode: '', isClosed: false })
    proxy.heal()
    await waitUntil(() => near.state.isClosed)
    expect(other.near.state.isClosed).toBe(false)
  })

  it('swallows what it reads, and resets the connection when healed', async () => {
    const { near, far } = await pair()
    proxy.swallow('toClient')
    const bytes = Buffer.alloc(4_000_000)
    await new Promise((resolve) => far.socket.write(bytes, resolve))
    expect(near.read()).toBe('')
    proxy.heal()
    await waitUntil(() => near.state.isClosed)
    expect(near.state.errorCode).toBe('ECONNRESET')
  })

  it('slows bytes down to a rate', async () => {
    const { near, far } = await pair()
    proxy.slow(1000, 'toClient')
    const startedAt = performance.now()
    far.socket.write('x'.repeat(200))
    await waitUntil(() => near.read().length === 200)
    expect(performance.now() - startedAt).toBeGreaterThan(150)
  })

  it('refuses until it is healed', async () => {
    proxy.refuse()
    const refused = open()
    await waitUntil(() => refused.state.isClosed)
    proxy.heal()
    await pair()
  })
})

function endOf(socket: Socket): End {
  let text = ''
  const state = { hasEnded: false, errorCode: '', isClosed: false }
  socket.on('data', (bytes) => {
    text += bytes.toString()
  })
  socket.on('end', () => {
    state.hasEnded = true
  })
  socket.on('close', () => {
    state.isClosed = true
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    state.errorCode = error.code ?? ''
  })
  return { socket, read: () => text, state }
}

function open(): End {
  const end = endOf(connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true }))
  opened.push(end)
  return end
}

async function pair(): Promise<{ near: End; far: End }> {
  const count = served.length
  const near = open()
  await waitUntil(() => served.length === count + 1)
  const far = served[count]
  if (far === undefined) throw new Error('unreachable')
  return { near, far }
}
