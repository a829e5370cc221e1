import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitSections } from './split-sections.ts'

const word = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.constantFrom('😀😀😀', 'Straße', 'a.', 'b,', '\n', '\n\n', '  '),
)
const text = fc.array(word, { maxLength: 200 }).map((words) => words.join(' ').toWellFormed())
const bounds = fc.record({
  charactersMax: fc.integer({ min: 2, max: 300 }),
  overlapCharacters: fc.integer({ min: 0, max: 80 }),
})

describe('splitSections', () => {
  it('covers every character but white space, in order, within the bound and without broken characters', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), bounds, (texts, limits) => {
        const whole = texts.join('\n\n')
        const passages = splitSections(
          texts.map((part) => ({ text: part })),
          limits,
        )
        const covered = Array.from({ length: whole.length }, () => false)
        for (const [index, { ordinal, text: piece, metadata }] of passages.entries()) {
          expect(ordinal).toBe(index)
          expect(piece.length).toBeLessThanOrEqual(limits.charactersMax)
          expect(piece.trim()).toBe(piece)
          expect(piece.isWellFormed()).toBe(true)
          expect(whole.slice(metadata.start, metadata.end)).toBe(piece)
          expect(metadata.start).toBeGreaterThanOrEqual(passages[index - 1]?.metadata.start ?? 0)
          covered.fill(true, metadata.start, metadata.end)
        }
        const missed = [...covered.keys()].filter((at) => !covered[at] && !/\s/.test(whole.charAt(at)))
        expect(missed).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('cuts between paragraphs first, then between sentences, and says the end again', () => {
    const sentence = 'The oak plank is delivered on pallets to the kerb of the house. '
    const passages = splitSections([{ heading: 'Delivery', text: `${sentence.repeat(5)}\n\n${sentence.repeat(30)}` }])
    expect(passages.length).toBeGreaterThan(2)
    expect(passages.slice(0, -1).every(({ text: piece }) => piece.endsWith('.'))).toBe(true)
    const [first, second] = passages
    expect(second?.metadata.start).toBeLessThan(first?.metadata.end ?? 0)
    expect(passages.every(({ metadata }) => metadata.heading === 'Delivery')).toBe(true)
  })

  it('keeps page and heading, and never mixes sections', () => {
    const passages = splitSections([
      { page: 1, text: 'First page.' },
      { page: 2, text: 'Second page.' },
    ])
    expect(passages.map(({ text: piece, metadata }) => [piece, metadata.page])).toEqual([
      ['First page.', 1],
      ['Second page.', 2],
    ])
  })

  it('splits a megabyte without spaces and one of short lines', () => {
    expect(splitSections([{ text: 'x'.repeat(1_000_000) }])).toHaveLength(1250)
    expect(splitSections([{ text: 'ab\n'.repeat(300_000) }]).length).toBeGreaterThan(1100)
  })

  it('gives the same passages again', () => {
    const sections = [{ heading: 'A', text: 'Some words, and others. '.repeat(200) }]
    expect(splitSections(sections)).toEqual(splitSections(sections))
  })
})
