import { randomUUID } from 'node:crypto'
import { Journal } from '../test/support/checker/journal.ts'
import type { JournaledSocket } from '../test/support/checker/journaled-socket.ts'
import { ProductClient } from '../test/support/product-client.ts'
import { count, openRawSocket, pause, span, type TortureWorld } from './probe-context.ts'
import { Account, claimsOf, craftToken } from './tenants.ts'

/** After the expiry of a token: its leeway, one sweep, and room for a busy machine. */
const expirySlackMs = 5000 + 1000 + 1500
/** Promised for a revocation, and room for a busy machine. */
const revocationSlackMs = 1000 + 1500

interface Followed {
  socket: JournaledSocket
  journal: Journal
}

/** A token that expires on a live socket; a key, a membership and a link that are taken away, mostly at another process. */
export async function authorityEnds(world: TortureWorld): Promise<void> {
  await Promise.all([tokenExpires(world), keyIsRevoked(world), memberIsRemoved(world), linkIsRevoked(world)])
}

async function tokenExpires(world: TortureWorld): Promise<void> {
  const { installation, tenants, random } = world
  const claims = claimsOf(await random.pick(tenants[0].accounts).token())
  const exp = Math.floor(Date.now() / 1000) + 2
  const followed = await followAlive(world, craftToken(installation.masterKey, { ...claims, exp }), 'expires')
  if (followed === null) return
  await pause(exp * 1000 + expirySlackMs - Date.now())
  followed.journal.add({ kind: 'authority ends', by: 'expiry' })
  await pause(span(world, 4000, 1500))
  if (followed.socket.closeCode === null) world.problems.push('the socket of an expired token is still open')
  followed.socket.end()
  count(world, 'tokens expired on a live socket')
}

async function keyIsRevoked(world: TortureWorld): Promise<void> {
  const client = await memberClient(world)
  const { status, body } = await client.request<{ id: string; key: string }>('POST', '/api/api-keys', {
    name: 'probe',
    scopes: ['read'],
  })
  if (status !== 201) return
  const followed = await followAlive(world, body.key, 'key')
  if (followed === null) return
  await takenAway(world, followed, () => client.request('DELETE', `/api/api-keys/${body.id}`))
  if (followed.socket.closeCode === null) world.problems.push('the socket of a revoked key is still open')
  followed.socket.end()
  count(world, 'keys revoked under a live socket')
}

/** Somebody who joins and is sent away. Its socket may stay open, but nothing of the workspace comes. */
async function memberIsRemoved(world: TortureWorld): Promise<void> {
  const { installation, tenants } = world
  const { pool } = installation.postgres.database
  const [id, { workspaceId }] = [randomUUID(), tenants[0]]
  const email = `guest-${id}@example.com`
  await pool.query(
    'insert into users (id, email, name, password_hash, is_owner, created_at) select $1, $2, $3, password_hash, false, $4 from users limit 1',
    [id, email, 'Guest', Date.now()],
  )
  await pool.query("insert into memberships (workspace_id, user_id, role, created_at) values ($1, $2, 'viewer', $3)", [
    workspaceId,
    id,
    Date.now(),
  ])
  const token = await new Account(email, workspaceId, () =>
    installation.apis.map(({ process }) => process.baseUrl),
  ).token()
  const followed = await followAlive(world, token, 'member')
  if (followed === null) return
  const paused = await followPaused(world, token)
  const client = await memberClient(world)
  await takenAway(world, followed, () => client.request('DELETE', `/api/workspaces/${workspaceId}/members/${id}`))
  followed.socket.end()
  count(world, 'members removed under a live socket')
  const endedAt = Date.now() - span(world, 4000, 1500)
  if (paused !== null) await expectNothingNewer(world, paused, endedAt)
}

/** Somebody who follows everything from its beginning and then reads no more. Null: the process did not answer. */
async function followPaused(world: TortureWorld, token: string): Promise<JournaledSocket | null> {
  const { installation, random, workloads } = world
  const socket = openRawSocket(random.pick(installation.apis).process.port, token)
  if (!(await socket.greeted())) return null
  for (const { executionId } of workloads[0].alive.slice(-20))
    socket.send({ type: 'subscribe', id: executionId, executionId, since: 0 })
  socket.socket.pause()
  return socket
}

/** What lay in the sockets when the right ended may still come; nothing that happened later may. */
async function expectNothingNewer(world: TortureWorld, reader: JournaledSocket, endedAt: number): Promise<void> {
  const seen = reader.frames.length
  reader.socket.resume()
  // What the server says last comes behind all that it had written.
  reader.send({ type: 'ping', id: 'behind' })
  await reader.until(() => reader.closeCode !== null || reader.frames.some(({ id }) => id === 'behind'))
  const newer = reader.frames
    .slice(seen)
    .filter(({ seq, timestamp }) => typeof seq === 'number' && typeof timestamp === 'number' && timestamp > endedAt)
  if (newer.length > 0) world.problems.push(`a paused reader who was shown out was told ${newer.length} newer events`)
  reader.end()
  count(world, 'members removed while they did not read')
}

/** A link shows its one run to whoever has it, and nothing else, until it is revoked. */
async function linkIsRevoked(world: TortureWorld): Promise<void> {
  const { workloads } = world
  const [own, other] = workloads[0].alive.slice(-2)
  if (own === undefined || other === undefined) return
  const client = await memberClient(world)
  const created = await client.request<{ id: string; token: string }>(
    'POST',
    `/api/executions/${own.executionId}/share-links`,
    {},
  )
  if (created.status !== 201) return
  const opened = await new ProductClient(client.baseUrl).request<{ accessToken: string }>(
    'POST',
    '/api/share-links/open',
    { token: created.body.token },
  )
  if (opened.status !== 200) return
  const followed = await follow(world, opened.body.accessToken, {
    name: 'link',
    executionIds: [own.executionId, other.executionId],
  })
  if (followed === null) return
  for (const channel of ['executions', 'prompts', `workspaces:${own.workspaceId}`, `executions:${other.executionId}`])
    followed.socket.send({ type: 'subscribe', id: channel, channel })
  await pause(span(world, 1500, 500))
  const isOpen = (id: string) =>
    followed.socket.frames.some((frame) => frame.type === 'subscribed' && frame['id'] === id)
  for (const id of [
    other.executionId,
    'executions',
    'prompts',
    `workspaces:${own.workspaceId}`,
    `executions:${other.executionId}`,
  ])
    if (isOpen(id)) world.problems.push(`a share link opened ${id}`)
  for (const path of ['/api/executions', '/api/workflows', '/api/prompts', `/api/executions/${other.executionId}`]) {
    const { status } = await new ProductClient(client.baseUrl, opened.body.accessToken).request('GET', path)
    if (status < 400) world.problems.push(`a share link opened ${path}`)
  }
  await takenAway(world, followed, () => client.request('DELETE', `/api/share-links/${created.body.id}`))
  if (followed.socket.closeCode === null) world.problems.push('the socket of a revoked link is still open')
  followed.socket.end()
  count(world, 'links revoked under a live socket')
}

/** Takes a right, and from a second later on nothing may come. */
async function takenAway(
  world: TortureWorld,
  { journal }: Followed,
  take: () => Promise<{ status: number }>,
): Promise<void> {
  const { status } = await take()
  if (status !== 204) {
    world.problems.push(`a right could not be taken: ${status}`)
    return
  }
  await pause(revocationSlackMs)
  journal.add({ kind: 'authority ends', by: 'revocation' })
  await pause(span(world, 4000, 1500))
}

async function memberClient({ installation, tenants, random }: TortureWorld): Promise<ProductClient> {
  const { process } = random.pick(installation.apis)
  return new ProductClient(process.baseUrl, await random.pick(tenants[0].accounts).token())
}

function followAlive(world: TortureWorld, token: string, name: string): Promise<Followed | null> {
  return follow(world, token, {
    name,
    executionIds: world.workloads[0].alive.slice(-20).map(({ executionId }) => executionId),
  })
}

/** Null: the process did not answer, being tortured. */
async function follow(
  world: TortureWorld,
  token: string,
  { name, executionIds }: { name: string; executionIds: string[] },
): Promise<Followed | null> {
  const { installation, tenants, random } = world
  const journal = new Journal({
    name: `${name}-${world.sessions.length}`,
    workspaceIds: [tenants[0].workspaceId],
    canaries: [tenants[1].canary],
  })
  const socket = openRawSocket(random.pick(installation.apis).process.port, token, journal)
  if (!(await socket.greeted())) return null
  world.sessions.push(journal)
  for (const executionId of executionIds) socket.send({ type: 'subscribe', id: executionId, executionId })
  return { socket, journal }
}
