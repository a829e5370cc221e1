import { describe, expect, it } from 'vitest'
import { playScenario } from './checked-scenario.ts'
import { mutations } from './mutations.ts'

/** Together, for most of their time is waiting. */
describe.concurrent('the checker', () => {
  it('finds nothing wrong with the server as it is, time and again', async () => {
    for (let round = 0; round < 3; round += 1) expect((await playScenario()).lines).toEqual([])
  })

  it.each(mutations)('calls it $expected when $rule', async ({ broken, expected }) => {
    const { counts, lines } = await playScenario(broken())
    expect(counts[expected] ?? 0, lines.join('\n')).toBeGreaterThan(0)
  })
})
