import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EventDraftOf } from './index.ts'
import { StreamCoalescer } from './stream-coalescer.ts'

const source = { executionId: 'e1', nodeId: 'draft', nodePath: 'redo[2]/draft', iteration: 2, attempt: 3 }

describe('StreamCoalescer', () => {
  let emitted: EventDraftOf<'node:stream'>[]
  let store: () => Promise<void>
  let coalescer: StreamCoalescer
  beforeEach(() => {
    vi.useFakeTimers()
    emitted = []
    store = async () => undefined
    const emit = (draft: EventDraftOf<'node:stream'>) => {
      emitted.push(draft)
      return store()
    }
    coalescer = new StreamCoalescer({ source, emit, waitingCharactersMax: 100 })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  const texts = () => emitted.map(({ chunk }) => chunk)
  /** Lets a pending promise run without moving the clock. */
  const settle = () => vi.advanceTimersByTimeAsync(0)

  it('sends the first piece at once and joins what follows within the interval', async () => {
    await coalescer.push('One ', 1)
    expect(texts()).toEqual(['One '])
    await coalescer.push('two ', 1)
    await coalescer.push('three ', 1)
    expect(texts()).toEqual(['One '])
    await vi.advanceTimersByTimeAsync(30)
    expect(texts()).toEqual(['One ', 'two three '])
    await vi.advanceTimersByTimeAsync(200)
    await coalescer.push('four', 1)
    expect(texts()).toEqual(['One ', 'two three ', 'four'])
  })

  it('numbers chunks by attempt and place, so that storing one again changes nothing', async () => {
    await coalescer.push('One ', 1)
    await coalescer.push('two', 2)
    await coalescer.flush()
    expect(emitted).toMatchObject([
      { eventId: 'redo[2]/draft/node:stream/3/0', offset: 0, tokens: 1, attempt: 3, iteration: 2 },
      { eventId: 'redo[2]/draft/node:stream/3/1', offset: 4, tokens: 2 },
    ])
    expect(coalescer.length).toBe(7)
  })

  it('holds the producer back while the log is slow, and keeps every character', async () => {
    const waiting: (() => void)[] = []
    store = () => new Promise((resolve) => waiting.push(resolve))
    await coalescer.push('x'.repeat(50))
    await coalescer.push('y'.repeat(90))
    const hasRoom = vi.fn()
    const pushing = coalescer.push('z'.repeat(90)).then(hasRoom)
    await vi.advanceTimersByTimeAsync(1000)
    expect(hasRoom).not.toHaveBeenCalled()
    expect(emitted).toHaveLength(1)
    while (hasRoom.mock.calls.length === 0) {
      waiting.shift()?.()
      await settle()
    }
    await pushing
    const flushing = coalescer.flush()
    for (let count = 0; count < 5; count += 1) {
      waiting.shift()?.()
      await settle()
    }
    await flushing
    expect(texts().join('')).toBe('x'.repeat(50) + 'y'.repeat(90) + 'z'.repeat(90))
  })

  it('lets what was said after the text go at once, with the text that waits before it', async () => {
    const stored: string[][] = []
    const carry = (line: string) =>
      coalescer.carry(async (waiting) => {
        stored.push([...waiting.map(({ chunk, offset }) => `${offset} ${chunk}`), line])
        await store()
      })
    await coalescer.push('One ', 1)
    await settle()
    await coalescer.push('two ', 1)
    await coalescer.push('three', 1)
    await carry('a line')
    await carry('another')
    expect(stored).toEqual([['4 two three', 'a line'], ['another']])
    await vi.advanceTimersByTimeAsync(100)
    expect(texts()).toEqual(['One '])
    await coalescer.push('!', 1)
    expect(emitted.at(-1)).toMatchObject({ chunk: '!', offset: 13, eventId: 'redo[2]/draft/node:stream/3/2' })
  })

  it('stores what it carries behind a chunk that is on its way, and before text that comes after', async () => {
    const waiting: (() => void)[] = []
    const order: string[] = []
    store = () => new Promise((resolve) => waiting.push(resolve))
    await coalescer.push('One ')
    const carrying = coalescer.carry(async (drafts) => {
      order.push(...drafts.map(({ chunk }) => chunk), 'a line', `after ${texts().length}`)
      await store()
    })
    await coalescer.push('two ')
    await settle()
    expect(order).toEqual([])
    waiting.shift()?.()
    await settle()
    expect(order).toEqual(['two ', 'a line', 'after 1'])
    await coalescer.push('three')
    await vi.advanceTimersByTimeAsync(100)
    expect(texts()).toEqual(['One '])
    waiting.shift()?.()
    await carrying
    await vi.advanceTimersByTimeAsync(100)
    expect(texts()).toEqual(['One ', 'three'])
    for (const resolve of waiting) resolve()
    await coalescer.flush()
  })

  it('is over when what it carried could not be stored', async () => {
    await expect(coalescer.carry(() => Promise.reject(new Error('fenced')))).rejects.toThrow('fenced')
    await expect(coalescer.push('more')).rejects.toThrow('fenced')
  })

  it('splits what is longer than a chunk, never inside a character', async () => {
    const text = `${'a'.repeat(8191)}😀${'b'.repeat(9000)}`
    await coalescer.push(text, 100)
    await coalescer.flush()
    expect(texts().join('')).toBe(text)
    for (const { chunk, offset } of emitted) {
      expect(chunk.length).toBeLessThanOrEqual(8192)
      expect(text.slice(offset, offset + chunk.length)).toBe(chunk)
      expect(chunk.isWellFormed()).toBe(true)
    }
    expect(emitted.reduce((sum, { tokens = 0 }) => sum + tokens, 0)).toBe(100)
  })

  it('tells whoever pushes or flushes that storing failed', async () => {
    store = () => Promise.reject(new Error('fenced'))
    await coalescer.push('One')
    await settle()
    await expect(coalescer.push('two')).rejects.toThrow('fenced')
    await expect(coalescer.flush()).rejects.toThrow('fenced')
    expect(emitted).toHaveLength(1)
  })
})
