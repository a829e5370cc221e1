import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { progressMarkOf } from '../../src/routes/socket-transport.ts'
import { waitUntil } from '../support/wait-until.ts'

it('what the kernel takes of one large write shows before all of it is taken', async () => {
  const accepted = Promise.withResolvers<Socket>()
  const server = createServer(accepted.resolve).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const reader = connect((server.address() as AddressInfo).port, '127.0.0.1')
  reader.pause()
  const writer = await accepted.promise
  // More than both ends buffer, so that the rest waits for the reader.
  writer.cork()
  for (let count = 0; count < 256; count += 1) writer.write(Buffer.alloc(64 * 1024))
  writer.uncork()
  const { writableLength } = writer
  const mark = () => progressMarkOf(writer, writer.writableLength)
  const before = mark()
  reader.on('data', () => {
    if (mark() < before) reader.pause()
  })
  reader.resume()
  await waitUntil(() => mark() < before, { intervalMs: 1 })
  expect(writer.writableLength).toBe(writableLength)
  reader.destroy()
  writer.destroy()
  server.close()
})
