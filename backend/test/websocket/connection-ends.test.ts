import { afterEach, expect, test } from 'vitest'
import { type DeliveryWorld, expectQuiet, openDeliveryWorld } from '../delivery/delivery-world.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { RecordedLogger } from '../support/recorded-logger.ts'
import { waitUntil } from '../support/wait-until.ts'

let world: DeliveryWorld
let logger: RecordedLogger

async function open(settings: Parameters<typeof openDeliveryWorld>[0] = {}) {
  logger = new RecordedLogger()
  world = await openDeliveryWorld({ ...settings, logger })
}
afterEach(async () => {
  await expectQuiet(world.manager)
  await world.close()
})

const isGone = (count: number) => waitUntil(() => logger.tagged('connection-closed').length === count)
const counted = () => Object.fromEntries(Object.entries(world.manager.stats().closes).filter(([, count]) => count > 0))

test('O03 O04 tells of each end who, why and after how long, and counts it by its code', async () => {
  await open()
  const noisy = await RawClient.open(world.url)
  const connectionId = noisy.frames[0]?.['connectionId']
  for (let count = 0; count < 100; count += 1) noisy.send({ type: 'ping' })
  await noisy.ended()
  await isGone(1)
  expect(logger.tagged('connection-closed')).toEqual([
    {
      level: 'info',
      message: 'Closed a connection',
      fields: {
        tag: 'connection-closed',
        connectionId,
        userId: 'ada',
        code: 4429,
        reason: 'RATE_LIMITED',
        by: 'server',
        livedMs: expect.any(Number),
      },
    },
  ])

  const polite = await RawClient.open(world.url)
  await polite.close()
  await isGone(2)
  const cut = await RawClient.open(world.url)
  cut.socket.terminate()
  await isGone(3)
  const inventive = await RawClient.open(world.url)
  inventive.socket.close(4999, 'token=canary')
  await isGone(4)
  const oversize = await RawClient.open(world.url)
  oversize.send('x'.repeat(70 * 1024))
  expect((await oversize.ended()).code).toBe(1009)
  await isGone(5)
  const rest = logger.tagged('connection-closed').slice(1)
  expect(rest.map(({ level, fields: { code, by } }) => [level, code, by])).toEqual([
    ['debug', 1005, 'other end'],
    ['debug', 1006, 'other end'],
    ['debug', 4999, 'other end'],
    ['debug', 1009, 'server'],
  ])
  // What a client gives as its reason is its own business.
  expect(JSON.stringify(rest)).not.toContain('canary')
  expect(counted()).toEqual({ 1005: 1, 1006: 1, 1009: 1, 4429: 1, other: 1 })
  expect(world.manager.stats()).toMatchObject({ openedCount: 5, refusedCount: 0 })
})

test('tells of who fell silent, and counts who was refused apart from who was there', async () => {
  await open({ settings: { connectionsPerUserMax: 1, heartbeatIntervalMs: 100, deadAfterMs: 400 } })
  const deaf = new RawClient(world.url, undefined, { autoPong: false })
  await deaf.next('connected')
  const refused = new RawClient(world.url)
  expect((await refused.ended()).code).toBe(1013)
  await isGone(1)
  expect(logger.tagged('connection-closed')[0]).toMatchObject({
    level: 'debug',
    fields: { code: 1006, reason: 'SILENT', by: 'server' },
  })
  expect(world.manager.stats()).toMatchObject({ openedCount: 1, refusedCount: 1 })
  expect(counted()).toEqual({ 1006: 1 })
  await deaf.ended()
})
