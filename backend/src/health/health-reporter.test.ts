import { expect, test } from 'vitest'
import { createHealthReporter } from './health-reporter.ts'

const away = async () => {
  throw new Error('not here')
}

test('is degraded and yet ready when only what speeds things up is away', async () => {
  const about = { version: '1', startedAt: 0 }
  const here = { database: async () => undefined }
  const slower = createHealthReporter(here, { ...about, optional: { redis: away } })
  const report = await slower.report()
  expect(report).toMatchObject({
    status: 'degraded',
    components: { database: { status: 'ok' }, redis: { status: 'away' } },
  })
  expect(slower.isReady(report)).toBe(true)

  const broken = createHealthReporter({ database: away }, { ...about, optional: { redis: async () => undefined } })
  expect(broken.isReady(await broken.report())).toBe(false)

  slower.leave()
  expect(slower.isReady(await slower.report())).toBe(false)
})
