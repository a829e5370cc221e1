import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SentMarks } from './sent-marks.ts'

describe('SentMarks', () => {
  it('knows what is not acknowledged, at most a mark too much and never too little', () => {
    const step = fc.oneof(
      fc.record({ sent: fc.integer({ min: 1, max: 60_000 }) }),
      fc.record({ acked: fc.integer({ min: 0, max: 100 }) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const marks = new SentMarks()
        const sizes: number[] = []
        let acked = 0
        for (const each of steps) {
          if ('sent' in each) {
            sizes.push(each.sent)
            marks.note(sizes.length, each.sent)
          } else if (each.acked <= sizes.length) {
            marks.acknowledge(each.acked)
            acked = Math.max(acked, each.acked)
          }
          const unacked = sizes.slice(acked).reduce((sum, bytes) => sum + bytes, 0)
          expect(marks.unackedBytes).toBeGreaterThanOrEqual(unacked)
          // Marks stand for 16 KiB and a message; only the last of 64 may stand for more.
          if (unacked < 64 * 16 * 1024) expect(marks.unackedBytes).toBeLessThan(unacked + 16 * 1024 + 60_000 + 1)
        }
        marks.acknowledge(sizes.length)
        expect(marks.unackedBytes).toBe(0)
      }),
    )
  })

  it('counts one large state as a large event', () => {
    const marks = new SentMarks()
    marks.note(1, 50 * 1024 * 1024)
    expect(marks.unackedBytes).toBe(256 * 1024)
  })

  it('forgets what was sent of another past', () => {
    const marks = new SentMarks()
    marks.note(900, 5000)
    marks.clear()
    expect(marks.unackedBytes).toBe(0)
    marks.note(3, 100)
    expect(marks.unackedBytes).toBe(100)
    marks.acknowledge(3)
    expect(marks.unackedBytes).toBe(0)
  })
})
