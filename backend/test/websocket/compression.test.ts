import type { AddressInfo } from 'node:net'
import { eventId } from '@millrace/shared/events/event-id'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectQuiet } from '../delivery/delivery-world.ts'
import { createdDraft } from '../delivery/memory-log.ts'
import { type Frame, RawClient } from '../delivery/raw-client.ts'
import { type HttpApp, openHttpApp, setUpOwner } from '../support/http-app.ts'
import { waitUntil } from '../support/wait-until.ts'

/** A model's text of this many passages, and one message far longer than a fragment. */
const passageCount = 400
const longCharacters = 90_000

let http: HttpApp
let token: string
let owner: { workspaceId: string; userId: string }

async function connect(perMessageDeflate: boolean): Promise<RawClient> {
  const { port } = http.app.server.address() as AddressInfo
  return RawClient.open(`ws://127.0.0.1:${port}/ws`, ['millrace.v1', `bearer.${token}`], { perMessageDeflate })
}

beforeAll(async () => {
  http = await openHttpApp({ socketCompression: true })
  token = await setUpOwner(http)
  const { body } = await http.send('GET', '/api/me', { token })
  const me = body as unknown as { user: { id: string }; workspaces: { id: string }[] }
  owner = { workspaceId: me.workspaces[0]?.id ?? '', userId: me.user.id }
  await http.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await expectQuiet(http.manager)
  await http.close()
})

const textOf = ({ chunk }: Frame): string => (typeof chunk === 'string' ? chunk : '')

async function writeRun(executionId: string): Promise<void> {
  const workflow = { engineVersion: 1 as const, workflowId: 'w1', workflowName: 'W', workflowVersion: 1 }
  const plan = { ...workflow, nodes: [], edges: [], loops: [] }
  const row = { id: executionId, input: {}, startedByName: 'Ada' }
  await http.emitter.createExecution({ owner, row, plan, draft: createdDraft(executionId) })
  const node = { executionId, nodeId: 'draft', nodePath: 'draft', iteration: 1, attempt: 1, timestamp: 1 }
  const passages = Array.from({ length: passageCount }, (_, index) => ({
    ...node,
    type: 'node:stream' as const,
    eventId: eventId({ nodePath: 'draft', type: 'node:stream', attempt: 1, ordinal: index }),
    chunk: 'a passage of the text, ',
    offset: index * 23,
  }))
  for (let from = 0; from < passages.length; from += 100)
    await http.emitter.emit(owner, passages.slice(from, from + 100))
  await http.emitter.emit(owner, [
    {
      ...node,
      type: 'node:completed',
      ports: ['out'],
      eventId: eventId({ nodePath: 'draft', type: 'node:completed' }),
      output: { text: 'é'.repeat(longCharacters / 3) },
      duration: 1,
    },
  ])
}

test('M12 tells the same compressed and not, in far fewer bytes, to whoever asks for it', async () => {
  await writeRun('squeezed')
  const [plain, small] = [await connect(false), await connect(true)]
  expect([plain.socket.extensions, small.socket.extensions]).toEqual([
    '',
    expect.stringContaining('permessage-deflate'),
  ])
  const told = await Promise.all(
    [plain, small].map(async (client) => {
      client.send({ type: 'subscribe', executionId: 'squeezed', since: 0 })
      await waitUntil(() => client.frames.some(({ type }) => type === 'caught_up'))
      const { _socket: socket } = client.socket as unknown as { _socket: { bytesRead: number } }
      const { bytesRead } = socket
      const events = client.frames.filter(
        ({ executionId, eventId: id }) => executionId === 'squeezed' && id !== undefined,
      )
      return { events, bytesRead }
    }),
  )
  expect(told[0]?.events).toHaveLength(passageCount + 2)
  // What waits to be compressed is what waits for a slow link: then events may be merged.
  expect(told[1]?.events.reduce((sum, { count }) => sum + ((count as number | undefined) ?? 1), 0)).toBe(
    passageCount + 2,
  )
  expect(told[1]?.events.map(textOf).join('')).toBe(told[0]?.events.map(textOf).join(''))
  expect(told[1]?.events.at(-1)).toEqual(told[0]?.events.at(-1))
  expect(told[1]?.bytesRead).toBeLessThan((told[0]?.bytesRead ?? 0) / 4)
  await Promise.all([plain.close(), small.close()])
})
