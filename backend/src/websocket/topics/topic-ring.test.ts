import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TopicRing } from './topic-ring.ts'

const topic = 'execution:e1'
const ringAt = (seq: number) => new TopicRing({ topic, workspaceId: 'ws-1', epoch: 'a', seq, closed: false })
const eventAt = (seq: number, text = '') => {
  return { seq, type: 'node:log' as const, payload: JSON.stringify({ seq, text }) }
}

describe('TopicRing', () => {
  it('is contiguous whatever is pushed, evicted and read', () => {
    const step = fc.oneof(
      fc.record({ push: fc.integer({ min: 0, max: 400 }) }),
      fc.record({ evictTo: fc.integer({ min: 0, max: 4000 }) }),
    )
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 50 }),
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 2000 }),
        (start, steps, room) => {
          const ring = ringAt(start)
          for (const each of steps) {
            if ('push' in each) ring.push(eventAt(ring.head + 1, 'x'.repeat(each.push)), false)
            else ring.evictTo(each.evictTo)
            if ('evictTo' in each) expect(ring.bytes).toBeLessThanOrEqual(each.evictTo)
            for (let cursor = ring.start - 1; cursor < ring.head; ) {
              const slice = ring.slice(cursor, room)
              expect(slice.frames.map(({ seq }) => seq)).toEqual(slice.frames.map((_, index) => cursor + index + 1))
              expect(slice.frames.length).toBeGreaterThan(0)
              if (slice.frames.length > 1) expect(slice.bytes).toBeLessThanOrEqual(room)
              expect(slice.joined?.length).toBe(slice.bytes)
              cursor = slice.toSeq
            }
          }
          expect(ring.head).toBe(start + steps.filter((each) => 'push' in each).length)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('gives readers at the same place the same bytes', () => {
    const ring = ringAt(0)
    for (let seq = 1; seq <= 5; seq += 1) ring.push(eventAt(seq), false)
    expect(ring.slice(2, 1000).joined).toBe(ring.slice(2, 1000).joined)
    const { bytes, joined } = ring.slice(2, 1000)
    expect(ring.slice(2, bytes).joined).toBe(joined)
    expect(ring.slice(2, 5000).joined).toBe(joined)
    expect(ring.slice(2, bytes - 1).toSeq).toBe(4)
    ring.push(eventAt(6), false)
    expect(ring.slice(2, 1000).toSeq).toBe(6)
  })

  it('refuses a gap and a repetition', () => {
    const ring = ringAt(3)
    expect(() => ring.push(eventAt(5), false)).toThrow('does not follow')
    expect(() => ring.push(eventAt(3), false)).toThrow('does not follow')
  })

  it('tells nobody what does not follow', () => {
    const ring = ringAt(3)
    ring.push(eventAt(4), false)
    ring.push(eventAt(5), false)
    for (const read of [(cursor: number) => ring.slice(cursor, 100), (cursor: number) => ring.framesAfter(cursor, 9)]) {
      expect(() => read(1)).toThrow(expect.objectContaining({ kind: 'gap' }))
      expect(() => read(5)).toThrow(expect.objectContaining({ kind: 'duplicate' }))
      expect(() => read(7)).toThrow(expect.objectContaining({ kind: 'order' }))
      expect(() => read(3)).not.toThrow()
    }
  })

  it('holds nothing after a move', () => {
    const ring = ringAt(0)
    ring.push(eventAt(1), true)
    ring.moveTo({ topic, workspaceId: 'ws-1', epoch: 'b', seq: 40, closed: false })
    expect(ring).toMatchObject({ epoch: 'b', head: 40, start: 41, bytes: 0, isClosed: false })
  })
})
