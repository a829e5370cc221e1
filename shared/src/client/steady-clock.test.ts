import { describe, expect, it } from 'vitest'
import { SteadyClock } from './steady-clock.ts'

describe('SteadyClock', () => {
  let wall = 0
  let running = 0
  const open = () => {
    wall = 1_000_000
    running = 50
    const clock = new SteadyClock({ now: () => wall, monotonic: () => running })
    const start = clock.now()
    return () => clock.now() - start
  }
  const pass = (ms: number) => {
    wall += ms
    running += ms
  }

  it('counts on when the wall clock is set back, and from there as before', () => {
    const elapsed = open()
    pass(10)
    wall -= 3_600_000
    pass(10)
    expect(elapsed()).toBe(20)
    pass(5)
    expect(elapsed()).toBe(25)
  })

  it('counts a sleep in which the other clock stands still', () => {
    const elapsed = open()
    pass(10)
    wall += 3_600_000
    expect(elapsed()).toBe(3_600_010)
    pass(5)
    expect(elapsed()).toBe(3_600_015)
  })

  it('never runs fast, however often it is looked at and however coarse one clock is', () => {
    const elapsed = open()
    for (let step = 1; step <= 4000; step += 1) {
      running += 0.25
      wall = 1_000_000 + Math.round(step * 0.25)
      elapsed()
    }
    expect(elapsed()).toBe(1000)
  })
})
