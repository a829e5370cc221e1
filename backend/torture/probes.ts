import { createHash, randomUUID } from 'node:crypto'
import { Journal } from '../test/support/checker/journal.ts'
import type { JournaledSocket } from '../test/support/checker/journaled-socket.ts'
import { ProductClient } from '../test/support/product-client.ts'
import { count, openRawSocket, pause, span, type TortureWorld } from './probe-context.ts'
import { claimsOf, craftToken } from './tenants.ts'

/** Tokens that must never open a socket nor a door of the API. */
export async function forgedTokens(world: TortureWorld): Promise<void> {
  const { installation, tenants, random } = world
  const genuine = claimsOf(await random.pick(tenants[0].accounts).token())
  const now = Math.floor(Date.now() / 1000)
  const craft = (claims: object, options?: Parameters<typeof craftToken>[2]) =>
    craftToken(installation.masterKey, { ...genuine, ...claims }, options)
  const forged = {
    expired: craft({ exp: now - 60 }),
    'not yet valid': craft({ nbf: now + 3600 }),
    'of another audience': craft({ aud: 'another' }),
    'of another issuer': craft({ iss: 'another' }),
    unsigned: craft({}, { algorithm: 'none' }),
    'signed with another key': craft({}, { key: createHash('sha256').update('another').digest() }),
    'of another algorithm': craft({}, { algorithm: 'RS256' }),
    'of nobody': craft({ sub: randomUUID() }),
    'of an unknown sign-in': craft({ sid: randomUUID() }),
    'without an end': craft({ exp: undefined }),
    'no token at all': 'x'.repeat(500),
    'an unknown key': `mr_${'a'.repeat(40)}`,
  }
  for (const [what, token] of Object.entries(forged)) {
    const slot = random.pick(installation.apis)
    const socket = openRawSocket(slot.process.port, token)
    if (await socket.greeted()) world.problems.push(`a token ${what} opened a socket`)
    else if (socket.closeCode !== null && ![1008, 1006, 1013].includes(socket.closeCode))
      world.problems.push(`a token ${what} was answered with ${socket.closeCode} ${socket.closeReason}`)
    socket.end()
    const answer = await fetch(`${slot.process.baseUrl}/api/executions`, {
      headers: { authorization: `Bearer ${token}` },
    }).catch(() => null)
    if (answer !== null && answer.status < 400) world.problems.push(`a token ${what} opened the API: ${answer.status}`)
    count(world, 'forged tokens')
  }
}

/** Input that must be answered or end one connection, and disturb nobody else. */
export async function malformedInput(world: TortureWorld): Promise<void> {
  const { installation, tenants, random } = world
  const slot = random.pick(installation.apis)
  const token = await random.pick(tenants[0].accounts).token()
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  const inputs: (string | Buffer)[] = [
    '',
    '{',
    'null',
    '[]',
    '"text"',
    deep,
    `{"type":"ping","id":${deep}}`,
    `{"type":"presence:set","executionId":"e","state":{"a":${deep}}}`,
    '{"type":"subscribe","executionId":"\\u0000"}',
    '{"type":"subscribe","channel":"executions","filters":{"execution_ids":["\\u0000"]}}',
    '{"type":"workflow:execute","workflowId":"\\u0000"}',
    '{"type":"user:input:response","requestId":"\\u0000","response":"\\u0000"}',
    Buffer.from([0, 255, 254, 1]),
    Buffer.alloc(1000),
    '{"type":"subscribe"}',
    '{"type":"subscribe","executionId":"a","channel":"b"}',
    '{"type":"subscribe","executionId":"e","since":-1}',
    '{"type":"subscribe","executionId":"e","since":9007199254740993}',
    '{"type":"subscribe","executionId":"e","since":1e308}',
    '{"type":"subscribe","executionId":"e","since":0.5}',
    '{"type":"subscribe","executionId":{"$gt":""}}',
    '{"type":"__proto__"}',
    '{"type":"constructor"}',
    '{"type":"toString"}',
    '{"type":"ping","__proto__":{"isAdmin":true}}',
    '{"type":"ping","type":"subscribe"}',
    '{"type":7}',
    `{"type":"${'x'.repeat(10_000)}"}`,
    `{"type":"subscribe","channel":"${'../'.repeat(40)}"}`,
    '{"type":"auth","token":""}',
    '{"type":"unsubscribe","executionId":"never"}',
    '{"type":"ack","executionId":"never","seq":9007199254740991}',
    '{"type":"replay","executionId":"never","since":5}',
    '{"type":"presence:set","executionId":"never","state":{}}',
    'x'.repeat(70_000),
    `{"type":"ping","id":"${'y'.repeat(200_000)}"}`,
  ]
  let socket: JournaledSocket | null = null
  for (const input of inputs) {
    if (socket === null || socket.closeCode !== null) {
      socket = openRawSocket(slot.process.port, token)
      if (!(await socket.greeted())) return
    }
    const { length } = socket.frames
    const current: JournaledSocket = socket
    current.send(input)
    const isAnswered = await current.until(() => current.frames.length > length || current.closeCode !== null, 10_000)
    if (!isAnswered && slot.process.child.exitCode === null && slot.process.child.signalCode === null)
      world.problems.push(`no answer to ${input.toString().slice(0, 60)}`)
    if (current.frames.slice(length).some(({ type, code }) => type === 'error' && code === 'INTERNAL'))
      world.problems.push(`INTERNAL for ${input.toString().slice(0, 60)}`)
    count(world, 'malformed messages')
  }
  socket?.end()
}

/** More messages and subscriptions than are allowed, wishes and their withdrawal by turns, lies about what was seen. */
export async function floods(world: TortureWorld): Promise<void> {
  const { installation, tenants, workloads, random } = world
  const slot = random.pick(installation.apis)
  const account = tenants[0].accounts.at(-1) ?? random.pick(tenants[0].accounts)
  const token = await account.token()
  const flood = openRawSocket(slot.process.port, token)
  if (await flood.greeted()) {
    for (let index = 0; index < 500; index += 1) flood.send({ type: 'ping', id: index })
    await flood.until(() => flood.closeCode !== null)
    if (flood.closeCode === null) world.problems.push('500 messages at once did not end the connection')
    count(world, 'message floods')
  }
  flood.end()
  const many = openRawSocket(slot.process.port, token)
  if (await many.greeted()) {
    for (let index = 0; index < 50; index += 1)
      many.send({ type: 'subscribe', id: index, executionId: `none-${index}` })
    await many.until(() => many.frames.filter(({ type }) => type === 'error').length >= 50 || many.closeCode !== null)
    count(world, 'subscription floods')
  }
  many.end()
  const run = workloads[0].alive[0]
  const journal = new Journal({ name: `churn-${world.sessions.length}`, workspaceIds: [tenants[0].workspaceId] })
  const churn = openRawSocket(slot.process.port, token, journal)
  if (run !== undefined && (await churn.greeted())) {
    world.sessions.push(journal)
    const { executionId } = run
    for (let index = 0; index < 12; index += 1) {
      churn.send({ type: 'subscribe', id: index, executionId, ...(index % 3 === 0 ? { since: index } : {}) })
      if (index % 2 === 0) churn.send({ type: 'ack', executionId, seq: random.pick([0, 5, 2 ** 50]) })
      if (index % 3 === 1) churn.send({ type: 'unsubscribe', executionId })
      if (index % 4 === 0) await pause(30)
    }
    await churn.until(() => churn.closeCode !== null, 500)
    count(world, 'subscription churns')
  }
  churn.end()
  world.audience.churn(5)
}

/** A person of the other workspace who guesses. Nothing of the first may come, and no answer may tell what is there. */
export async function crossTenant(world: TortureWorld): Promise<void> {
  const { installation, tenants, workloads, random } = world
  const [own, other] = tenants
  const run = random.pick(workloads[0].runs)
  const token = await random.pick(other.accounts).token()
  const slot = random.pick(installation.apis)
  const journal = new Journal({
    name: `guesser-${world.sessions.length}`,
    workspaceIds: [other.workspaceId],
    canaries: [own.canary],
  })
  const socket = openRawSocket(slot.process.port, token, journal)
  if (!(await socket.greeted())) return
  world.sessions.push(journal)
  const { executionId } = run
  const guesses = [
    { executionId: randomUUID() },
    { executionId },
    { executionId, since: 0 },
    { executionId: executionId.toUpperCase() },
    { executionId: `../${executionId}` },
    { executionId: `${own.workspaceId}/${executionId}`.slice(0, 64) },
    { channel: `executions:${executionId}` },
    { channel: `workspaces:${own.workspaceId}` },
    { channel: `workspace:${own.workspaceId}` },
    { channel: 'executions', workspaceId: own.workspaceId },
    { channel: `executions/../${own.workspaceId}` },
    { channel: 'prompts', workspaceId: own.workspaceId },
    { channel: 'kb', workspaceId: own.workspaceId },
  ]
  guesses.forEach((guess, id) => {
    socket.send({ type: 'subscribe', id, ...guess })
  })
  await pause(span(world, 2000, 500))
  const answers = socket.frames.filter(({ type, id }) => type === 'error' && (id === 0 || id === 1))
  const [unknown, forbidden] = answers.map(({ code, message }) => `${String(code)} ${String(message)}`)
  if (answers.length === 2 && unknown !== forbidden)
    world.problems.push(`unknown and forbidden differ: ${unknown} | ${forbidden}`)
  for (const [id, guess] of guesses.entries()) {
    const isOpen = socket.frames.some((frame) => frame.type === 'subscribed' && frame['id'] === id)
    if (isOpen && !('channel' in guess && guess.workspaceId === undefined && guess.channel === 'executions'))
      world.problems.push(`another workspace's ${JSON.stringify(guess)} was opened`)
  }
  socket.end()
  const client = new ProductClient(slot.process.baseUrl, token)
  for (const path of ['', '/events', '/stream', '/definition', '/share-links']) {
    const ask = (id: string) =>
      client.request<{ code?: string }>('GET', `/api/executions/${id}${path}`).catch(() => null)
    const [real, made] = [await ask(executionId), await ask(randomUUID())]
    if (real === null || made === null) continue
    if (real.status !== made.status || real.status < 400)
      world.problems.push(`${path}: ${real.status} for another's run, ${made.status} for none`)
    if (JSON.stringify(real.body).includes(own.canary)) world.problems.push(`canary over HTTP at ${path}`)
  }
  count(world, 'cross-tenant guesses', guesses.length + 5)
}
