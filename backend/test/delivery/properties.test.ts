import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anyHappening, anySizes, DeliveryModel } from './delivery-model.ts'

/** The same every time; another seed finds other things: MILLRACE_TEST_SEED=<n>. */
const seed = Number(process.env['MILLRACE_TEST_SEED'] ?? 1)
const runsMax = Number(process.env['MILLRACE_TEST_RUNS'] ?? 40)
/** Together with what shrinking takes below the time that a test may have. */
const timeLimitMs = Number(process.env['MILLRACE_TEST_LIMIT_MS'] ?? 12_000)

it(
  'keeps every promise whatever happens in whatever order: order, no gap, no duplicate, agreement, fold, end, epoch, isolation, authority, life',
  async () => {
    const property = fc.asyncProperty(
      anySizes,
      fc.array(anyHappening, { minLength: 5, maxLength: 40 }),
      async (sizes, happenings) => {
        const model = await DeliveryModel.open(sizes)
        try {
          for (const happening of happenings) await model.apply(happening)
          expect((await model.judge()).lines).toEqual([])
        } finally {
          await model.close()
        }
      },
    )
    await fc.assert(property, {
      seed,
      numRuns: runsMax,
      interruptAfterTimeLimit: timeLimitMs,
      markInterruptAsFailure: false,
    })
  },
  timeLimitMs + 60_000,
)
