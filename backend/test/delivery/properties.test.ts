import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anyHappening, anySizes, DeliveryModel } from './delivery-model.ts'
import type { DeliverySeams } from './delivery-world.ts'

/** The same every time; another seed finds other things: MILLRACE_TEST_SEED=<n>. */
const seed = Number(process.env['MILLRACE_TEST_SEED'] ?? 1)
const runsMax = Number(process.env['MILLRACE_TEST_RUNS'] ?? 40)
/** Together with what shrinking takes below the time that a test may have. */
const timeLimitMs = Number(process.env['MILLRACE_TEST_LIMIT_MS'] ?? 10_000)

const propertyOf = (seams: DeliverySeams, sights = new Set<string>()) =>
  fc.asyncProperty(anySizes, fc.array(anyHappening, { minLength: 5, maxLength: 40 }), async (sizes, happenings) => {
    const model = await DeliveryModel.open(sizes, seams)
    try {
      for (const happening of happenings) await model.apply(happening)
      expect((await model.judge()).lines).toEqual([])
    } finally {
      for (const sight of model.sights()) sights.add(sight)
      await model.close()
    }
  })

it(
  'keeps order, completeness, agreement, fold, end, epoch, isolation, authority and life whatever happens in whatever order',
  async () => {
    const sights = new Set<string>()
    await fc.assert(propertyOf({}, sights), { seed, numRuns: runsMax, interruptAfterTimeLimit: timeLimitMs })
    expect([...sights]).toEqual(expect.arrayContaining(['snapshot', 'resumed', 'merged', 'batch', 'resync', 'ended']))
  },
  timeLimitMs + 60_000,
)

it('would not keep them with a log that skips an event of each page', async () => {
  const property = propertyOf({
    reader: (log) => ({
      head: (topic) => log.head(topic),
      heads: (topics) => log.heads(topics),
      read: async (topic, after, limit) => (await log.read(topic, after, limit)).toSpliced(1, 1),
    }),
  })
  expect((await fc.check(property, { seed, numRuns: runsMax, endOnFailure: true })).failed).toBe(true)
})
