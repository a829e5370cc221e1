import { describe, expect, it } from 'vitest'
import { MergedSlices } from './merged-slices.ts'
import { EventFrame } from './topic-ring.ts'

const topic = 'execution:e1'
const chunk = 'x'.repeat(500)
const node = { executionId: 'e1', nodeId: 'draft', nodePath: 'draft', iteration: 1, attempt: 1 }

function frameAt(seq: number): EventFrame {
  const event = {
    type: 'node:stream',
    eventId: `id-${seq}`,
    timestamp: 1,
    ...node,
    chunk,
    offset: seq * chunk.length,
    seq,
  }
  return new EventFrame({ seq, type: 'node:stream', payload: JSON.stringify(event) })
}

const framesAfter = (seq: number) => Array.from({ length: 20 }, (_, index) => frameAt(seq + 1 + index))

describe('MergedSlices', () => {
  it('merges once for all who are at one place, and apart by epoch, place and kind of reader', () => {
    const slices = new MergedSlices()
    const at = (epoch: string, seq: number, batchAddress: object | null) =>
      slices.slice(epoch, seq, { topic, frames: framesAfter(seq), batchAddress: batchAddress as never })
    const first = at('a', 0, null)
    expect(first).toMatchObject({ toSeq: 20, eventCount: 20, parts: [{ toSeq: 20 }] })
    expect(at('a', 0, null)).toBe(first)
    const others = [at('b', 0, null), at('a', 1, null), at('a', 0, { executionId: 'e1' }), at('a', 0, { channel: 'x' })]
    expect(new Set([first, ...others]).size).toBe(5)
  })

  it('keeps four megabytes at most, and nothing when nobody is behind any more', () => {
    const slices = new MergedSlices()
    for (let seq = 0; seq < 1000; seq += 1) {
      slices.slice('a', seq, { topic, frames: framesAfter(seq), batchAddress: null })
    }
    expect(slices.bytes).toBeGreaterThan(3 * 1024 * 1024)
    expect(slices.bytes).toBeLessThanOrEqual(4 * 1024 * 1024)
    slices.sweep(Date.now() + 29_000)
    expect(slices.bytes).toBeGreaterThan(0)
    slices.sweep(Date.now() + 31_000)
    expect(slices.bytes).toBe(0)
  })
})
