import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { subprotocol } from '@millrace/shared/protocol/version'

/** Fixed by RFC 6455, section 1.3. */
const handshakeGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** `status` 200 unless told. */
export type Answer = (request: IncomingMessage) => { status?: number; body: unknown }

export interface ScriptedSocket {
  /** What the client said first. */
  opening: { id?: number }
  say(frame: object): void
  /** Ends the connection without a word. */
  cut(): void
}

export interface ScriptedServer {
  url: string
  requests: readonly { path: string; headers: IncomingMessage['headers'] }[]
  /** Sockets that have said something after the handshake, in their order. */
  sockets: readonly ScriptedSocket[]
  close(): Promise<void>
}

/** A server whose every answer a test decides. Its sockets never answer a closing handshake and are never ended by it. */
export async function startScriptedServer(answer: Answer): Promise<ScriptedServer> {
  const requests: { path: string; headers: IncomingMessage['headers'] }[] = []
  const sockets: ScriptedSocket[] = []
  const open = new Set<Duplex>()
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers })
    // The whole request first: an answer before its end would break the pipe of who is still sending.
    request.resume().on('end', () => {
      const { status = 200, body } = answer(request)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  server.on('upgrade', (request, socket) => {
    open.add(socket)
    socket.on('error', () => undefined).on('close', () => open.delete(socket))
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${handshakeGuid}`).digest('base64')
    const heads = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`]
    const protocol = `Sec-WebSocket-Protocol: ${subprotocol}`
    socket.write(['HTTP/1.1 101 Switching Protocols', ...heads, protocol, '', ''].join('\r\n'))
    const say = (frame: object) => socket.write(textFrame(JSON.stringify(frame)))
    say({ type: 'connected', timestamp: 0, connectionId: 'c1', heartbeatIntervalMs: 30_000, capabilities: [] })
    socket.once('data', (data: Buffer) => {
      sockets.push({ opening: readTextFrame(data) as { id?: number }, say, cut: () => socket.destroy() })
      socket.resume()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    sockets,
    async close() {
      for (const socket of open) socket.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** One unmasked text frame, as servers send them (RFC 6455, section 5.2). Up to 65,535 bytes. */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const head = payload.length < 126 ? Buffer.from([0x81, payload.length]) : Buffer.from([0x81, 126, 0, 0])
  if (payload.length >= 126) head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}

/** The first frame in what a client sent, which is masked. */
function readTextFrame(data: Buffer): unknown {
  const short = data.readUInt8(1) & 0x7f
  const maskAt = short === 126 ? 4 : 2
  const length = short === 126 ? data.readUInt16BE(2) : short
  const mask = data.subarray(maskAt, maskAt + 4)
  const text = data.subarray(maskAt + 4, maskAt + 4 + length).map((byte, index) => byte ^ mask.readUInt8(index % 4))
  return JSON.parse(Buffer.from(text).toString())
}
