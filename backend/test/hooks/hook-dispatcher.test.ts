import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { HookDispatcherDeps } from '../../src/hooks/hook-dispatcher.ts'
import { attemptsMax } from '../../src/hooks/retry-delay.ts'
import { claimDeliveries, countWaitingDeliveries, renewDelivery } from '../../src/repositories/hook-deliveries.ts'
import { openTestPostgres } from '../support/test-database.ts'
import { waitUntil } from '../support/wait-until.ts'
import { type HookWorld, openHookWorld } from './hook-world.ts'

type Verify = (body: string, signature: string, secret: string, toleranceSeconds?: number) => boolean

let world: HookWorld
let isFromMillrace: Verify
let counter = 0

beforeAll(async () => {
  world = await openHookWorld()
  isFromMillrace = await documentedVerification()
})
afterEach(() => world.stopAll())
afterAll(() => world.close())

/** The snippet that docs/hooks.md gives to receivers. */
async function documentedVerification(): Promise<Verify> {
  const text = await readFile(new URL('../../../docs/hooks.md', import.meta.url), 'utf8')
  const [, snippet = ''] = /```js\n([\s\S]*?)```/.exec(text) ?? []
  const module: { isFromMillrace: Verify } = await import(`data:text/javascript,${encodeURIComponent(snippet)}`)
  return module.isFromMillrace
}

const newPath = () => `/receiver-${(counter += 1)}`
const statusesOf = async (hookId: string) => (await world.deliveries(hookId)).map(({ status }) => status)
const until = (condition: () => Promise<boolean> | boolean) =>
  waitUntil(condition, { timeoutMs: 20_000, intervalMs: 10 })

describe('hooks (E24)', () => {
  it('are told of each event they asked for, once, with a signature that the documented check accepts', async () => {
    const workspace = await world.createWorkspace()
    const path = newPath()
    const { id, secret } = await world.createHook(workspace, { path })
    world.startDispatcher()
    await world.emitRuns(workspace, 3)
    await until(async () => (await world.eventsOf(workspace, 'hook:delivered')).length === 3)
    const received = world.receiver.at(path).toSorted((a, b) => a.seq - b.seq)
    expect(received.map((one) => one.id)).toEqual([1, 2, 3].map((seq) => `${workspace}:${seq}`))
    for (const { headers, body, id: deliveryId } of received) {
      expect(headers).toMatchObject({ 'millrace-event': 'execution:created', 'millrace-delivery': deliveryId })
      const signature = String(headers['millrace-signature'])
      expect(isFromMillrace(body, signature, secret)).toBe(true)
      expect(isFromMillrace(body, signature, `${secret}x`)).toBe(false)
      expect(isFromMillrace(body.replace('created', 'deleted'), signature, secret)).toBe(false)
      expect(isFromMillrace(body, signature, secret, -1)).toBe(false)
      expect(JSON.parse(body)).toMatchObject({
        hookId: id,
        workspaceId: workspace,
        event: { type: 'execution:created' },
      })
    }
    expect(await statusesOf(id)).toEqual(['delivered', 'delivered', 'delivered'])
  })

  it('are tried again after failures, under the same id, until they take it', async () => {
    const workspace = await world.createWorkspace()
    const path = newPath()
    world.receiver.answer(path, (attempt) => (attempt < 3 ? 500 : 200))
    const { id } = await world.createHook(workspace, { path })
    world.startDispatcher()
    await world.emitRuns(workspace, 1)
    await until(async () => (await world.eventsOf(workspace, 'hook:delivered')).length === 1)
    expect(world.receiver.at(path).map((one) => one.id)).toEqual(Array.from({ length: 3 }, () => `${workspace}:1`))
    expect(await world.deliveries(id)).toMatchObject([
      { status: 'delivered', attempts: 3, responseStatus: 200, error: null },
    ])
  })

  it('are given up after the last attempt, and everybody is told', async () => {
    const workspace = await world.createWorkspace()
    const path = newPath()
    world.receiver.answer(path, () => 503)
    const { id } = await world.createHook(workspace, { path })
    world.startDispatcher()
    await world.emitRuns(workspace, 1)
    await until(async () => (await statusesOf(id))[0] === 'failed')
    expect(await world.deliveries(id)).toMatchObject([
      { attempts: attemptsMax, dueAt: null, responseStatus: 503, error: 'HTTP 503' },
    ])
    await until(async () => (await world.eventsOf(workspace, 'hook:failed')).length === 1)
    expect(await world.eventsOf(workspace, 'hook:failed')).toMatchObject([
      { hookId: id, deliverySeq: 1, reason: 'HTTP 503' },
    ])
    expect(world.receiver.at(path)).toHaveLength(attemptsMax)
  })

  it('end at once with 410, and are sent nowhere else by a redirect', async () => {
    const workspace = await world.createWorkspace()
    const [gone, moved, elsewhere] = [newPath(), newPath(), newPath()]
    world.receiver.answer(gone, () => 410)
    world.receiver.answer(moved, (attempt) => (attempt === 1 ? { redirect: elsewhere } : 410))
    const hooks = [
      await world.createHook(workspace, { path: gone }),
      await world.createHook(workspace, { path: moved }),
    ]
    world.startDispatcher()
    await world.emitRuns(workspace, 1)
    await until(async () => (await world.eventsOf(workspace, 'hook:failed')).length === 2)
    expect(await Promise.all(hooks.map(({ id }) => world.deliveries(id)))).toMatchObject([
      [{ attempts: 1, error: 'HTTP 410' }],
      [{ attempts: 2 }],
    ])
    expect(world.receiver.at(elsewhere)).toEqual([])
  })

  it('are told again of what somebody asks for again, under the same id', async () => {
    const workspace = await world.createWorkspace()
    const path = newPath()
    world.receiver.answer(path, (attempt) => (attempt === 1 ? 410 : 200))
    const { id } = await world.createHook(workspace, { path })
    world.startDispatcher()
    await world.emitRuns(workspace, 1)
    await until(async () => (await statusesOf(id))[0] === 'failed')
    const place = { hookId: id, seq: 1, topic: `workspace:${workspace}` }
    expect(await renewDelivery(world.database.orm, place, Date.now())).not.toBeNull()
    await until(async () => (await world.eventsOf(workspace, 'hook:delivered')).length === 1)
    expect(world.receiver.at(path).map((one) => one.id)).toEqual([`${workspace}:1`, `${workspace}:1`])
  })

  it('never reach a private address unless that is allowed', async () => {
    const workspace = await world.createWorkspace()
    const path = newPath()
    const byAddress = await world.createHook(workspace, { path })
    const { port } = new URL(world.receiver.url)
    const byName = await world.createHook(workspace, { url: `http://localhost:${port}${path}` })
    world.startDispatcher({}, { allowPrivateAddresses: false })
    await world.emitRuns(workspace, 1)
    for (const { id } of [byAddress, byName]) {
      await until(async () => (await statusesOf(id))[0] === 'failed')
      expect(await world.deliveries(id)).toMatchObject([{ attempts: 1, error: 'HTTP_ADDRESS_REFUSED' }])
    }
    expect(world.receiver.at(path)).toEqual([])
  })

  it('hear only of their own workflow and workspace, and of nothing before they were made', async () => {
    const workspace = await world.createWorkspace()
    const paths = [newPath(), newPath(), newPath()]
    await world.emitRuns(workspace, 2)
    await world.createHook(workspace, { path: paths[0] ?? '', workflowId: 'w1' })
    await world.createHook(workspace, { path: paths[1] ?? '', workflowId: 'w2' })
    await world.createHook(await world.createWorkspace(), { path: paths[2] ?? '' })
    world.startDispatcher()
    await world.emitRuns(workspace, 1)
    await until(async () => (await world.eventsOf(workspace, 'hook:delivered')).length === 1)
    expect(paths.map((path) => world.receiver.at(path).map(({ seq }) => seq))).toEqual([[3], [], []])
  })

  it('are told of events whose text no database can look into', async () => {
    const workspace = await world.createWorkspace()
    const path = newPath()
    await world.createHook(workspace, { path, workflowId: 'w1' })
    await world.emitRuns(workspace, 1)
    // As an earlier version stored it.
    await world.database.pool.query(
      `update events set payload = replace(payload, 'Review desk', 'Review \\u0000 \\ud83d desk') where topic = $1`,
      [`workspace:${workspace}`],
    )
    world.startDispatcher()
    await until(() => world.receiver.at(path).length === 1)
  })
})

describe('hooks (E24), when processes die or are many', () => {
  it('are told later of what happened while no process told anybody', async () => {
    const workspace = await world.createWorkspace()
    const path = newPath()
    await world.createHook(workspace, { path })
    await world.emitRuns(workspace, 520)
    world.startDispatcher()
    await until(() => world.receiver.at(path).length >= 520)
    expect(new Set(world.receiver.at(path).map(({ seq }) => seq)).size).toBe(520)
  })

  it('end together with their event: what dies between the two is delivered again and told once', async () => {
    const workspace = await world.createWorkspace()
    const path = newPath()
    const { id } = await world.createHook(workspace, { path })
    let diedCount = 0
    const dying: HookDispatcherDeps['events'] = {
      emit: (owner, drafts, before) =>
        world.emitter.emit(owner, drafts, async (client) => {
          await before?.(client)
          diedCount += 1
          throw new Error('died before the commit')
        }),
    }
    const first = world.startDispatcher({}, { events: dying })
    await world.emitRuns(workspace, 1)
    // An append that shared its batch is tried once more alone.
    await until(() => diedCount >= 1)
    await first.stop()
    expect(await statusesOf(id)).toEqual(['waiting'])
    expect([first.dispatcher.deliveredCount, first.dispatcher.failedCount]).toEqual([0, 0])
    expect(await countWaitingDeliveries(world.database.orm)).toBeGreaterThanOrEqual(1)
    // The claim of the dead one runs out.
    await world.database.pool.query('update hook_deliveries set due_at = 0 where hook_id = $1', [id])
    const { dispatcher } = world.startDispatcher()
    await until(async () => (await statusesOf(id))[0] === 'delivered')
    expect(await world.eventsOf(workspace, 'hook:delivered')).toMatchObject([{ hookId: id, deliverySeq: 1 }])
    expect(world.receiver.at(path)).toHaveLength(2)
    expect([dispatcher.deliveredCount, dispatcher.failedCount]).toEqual([1, 0])
  })

  it('are told by another process of what one held when it died between attempts', async () => {
    const workspace = await world.createWorkspace()
    const path = newPath()
    world.receiver.answer(path, () => 500)
    const { id } = await world.createHook(workspace, { path })
    // The first process is stopped after a failed attempt; one more dies holding the delivery.
    const first = world.startDispatcher({ retryDelayMs: () => 100_000 })
    await world.emitRuns(workspace, 1)
    await until(async () => (await world.deliveries(id))[0]?.responseStatus === 500)
    await first.stop()
    const now = Date.now() + 200_000
    const claim = { now, heldUntil: Date.now() + 50, limits: null }
    expect(await claimDeliveries(world.database.orm, claim, { perHookMax: 1, limit: 10 })).toHaveLength(1)
    world.receiver.answer(path, () => 200)
    world.startDispatcher()
    await until(async () => (await statusesOf(id))[0] === 'delivered')
    expect(await world.deliveries(id)).toMatchObject([{ attempts: 3 }])
  })

  it('have back what a process was sending when it stopped', async () => {
    const workspace = await world.createWorkspace()
    const path = newPath()
    world.receiver.answer(path, (attempt) => (attempt === 1 ? 'never' : 200))
    const { id } = await world.createHook(workspace, { path })
    const first = world.startDispatcher()
    await world.emitRuns(workspace, 1)
    await until(() => world.receiver.at(path).length === 1)
    await first.stop()
    expect(await world.deliveries(id)).toMatchObject([{ status: 'waiting', attempts: 0 }])
    world.startDispatcher()
    await until(async () => (await statusesOf(id))[0] === 'delivered')
  })

  it('are not held up by one that never answers', async () => {
    const workspace = await world.createWorkspace()
    const [dead, alive] = [newPath(), newPath()]
    world.receiver.answer(dead, () => 'never')
    await world.createHook(workspace, { path: dead })
    const { id } = await world.createHook(workspace, { path: alive })
    world.startDispatcher({ inFlightMax: 8 })
    await world.emitRuns(workspace, 100)
    await until(async () => (await statusesOf(id)).filter((status) => status === 'delivered').length === 100)
    expect(world.receiver.at(alive)).toHaveLength(100)
    expect(world.receiver.at(dead).length).toBeLessThanOrEqual(4)
  })

  it('go on where a restored log ends, without what it no longer has', async () => {
    const workspace = await world.createWorkspace()
    const path = newPath()
    const { id } = await world.createHook(workspace, { path })
    const first = world.startDispatcher()
    await world.emitRuns(workspace, 3)
    await until(async () => (await world.eventsOf(workspace, 'hook:delivered')).length === 3)
    await first.stop()
    const topic = `workspace:${workspace}`
    await world.database.pool.query('delete from events where topic = $1 and seq > 1', [topic])
    await world.database.pool.query(`update topics set epoch = 'restored', head = 1 where topic = $1`, [topic])
    world.startDispatcher()
    await until(async () => (await world.deliveries(id)).length === 1)
    await world.emitRuns(workspace, 1)
    await until(() => world.receiver.at(path).length === 4)
    expect(world.receiver.at(path).at(-1)?.seq).toBe(2)
  })
})

describe('hooks (E24) on a Postgres server', () => {
  let shared: HookWorld

  beforeAll(async () => {
    shared = await openHookWorld(openTestPostgres)
  })
  afterAll(() => shared.close())

  it('are told once by several processes that find and send at the same time', async () => {
    const workspaces = [await shared.createWorkspace(), await shared.createWorkspace()]
    const paths = [newPath(), newPath(), newPath()]
    for (const [index, path] of paths.entries()) await shared.createHook(workspaces[index % 2] ?? '', { path })
    for (let process = 0; process < 4; process += 1) shared.startDispatcher({ pollMs: 1 })
    for (let batch = 0; batch < 10; batch += 1) {
      await Promise.all(workspaces.map((workspace) => shared.emitRuns(workspace, 10)))
    }
    const deliveredCount = async (workspace = '') => (await shared.eventsOf(workspace, 'hook:delivered')).length
    await until(
      async () => (await deliveredCount(workspaces[0])) === 200 && (await deliveredCount(workspaces[1])) === 100,
    )
    for (const path of paths) {
      const seqs = shared.receiver.at(path).map(({ seq }) => seq)
      expect([seqs.length, new Set(seqs).size]).toEqual([100, 100])
    }
  })
})
