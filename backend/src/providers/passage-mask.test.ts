import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PassageMask } from './passage-mask.ts'

const secret = 'sk-abab-abac'

function takeAll(pieces: string[], hidden = secret): string {
  const mask = new PassageMask(hidden)
  return pieces.map((piece) => mask.take(piece)).join('') + mask.end()
}

/** Cuts a text at the given places. */
function cut(text: string, places: number[]): string[] {
  const sorted = [0, ...places.map((place) => place % (text.length + 1)), text.length].toSorted((a, b) => a - b)
  return sorted.slice(1).map((end, index) => text.slice(sorted[index], end))
}

describe('PassageMask', () => {
  it('finds a secret however it is cut, and loses nothing else', () => {
    const words = fc.stringMatching(/^[abck -]{0,30}$/)
    fc.assert(
      fc.property(words, words, fc.array(fc.nat(100), { maxLength: 12 }), (before, after, places) => {
        const text = `${before}${secret}${after}${secret}`
        expect(takeAll(cut(text, places))).toBe(text.replaceAll(secret, '•••'))
      }),
    )
  })

  it('says at once what cannot become the secret', () => {
    const mask = new PassageMask(secret)
    expect([mask.take('hello s'), mask.take('k'), mask.take('y'), mask.end()]).toEqual(['hello ', '', 'sky', ''])
  })

  it('gives the beginning of a secret back when the text ends there', () => {
    expect(takeAll(['key: sk-abab', '-aba'])).toBe('key: sk-abab-aba')
  })

  it('does not look for what is too short to be told from text', () => {
    expect(takeAll(['a cat'], 'cat')).toBe('a cat')
  })
})
