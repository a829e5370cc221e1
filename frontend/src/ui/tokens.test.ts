import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const sourceFolder = join(import.meta.dirname, '..')
const tokens = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')

const rawColour = /(?<![\w&.])#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})\b|\b(?:rgba?|hsla?|oklch|oklab|hwb)\(/gi
const paletteClass =
  /\b(?:bg|text|border|ring|fill|stroke|outline|from|to|via|shadow|divide|decoration|accent|caret)-(?:(?:red|orange|amber|yellow|lime|green|emerald|teal|cyan|sky|blue|indigo|violet|purple|fuchsia|pink|rose|slate|gray|zinc|neutral|stone)-\d{2,3}|white|black)\b/g

function sourceFiles(): string[] {
  return readdirSync(sourceFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(tsx?|css)$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.endsWith('ui/tokens.css'))
}

describe('colours', () => {
  it('finds raw colours and palette classes where there are some', () => {
    expect('a: #fff; b: rgb(0 0 0)'.match(rawColour)).toHaveLength(2)
    expect('bg-red-500 text-white'.match(paletteClass)).toHaveLength(2)
    expect('this.#fade &#8203; bg-current-mark'.match(rawColour)).toBeNull()
  })

  it('are written in tokens.css and nowhere else', () => {
    const found = sourceFiles().flatMap((path) => {
      const text = readFileSync(path, 'utf8')
      return [...(text.match(rawColour) ?? []), ...(text.match(paletteClass) ?? [])].map(
        (match) => `${relative(sourceFolder, path)}: ${match}`,
      )
    })
    expect(found).toEqual([])
  })
})

/** Light and dark value of each token that is one opaque colour. */
const pairs = new Map(
  [...tokens.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map((match) => [
    match[1] ?? '',
    [match[2] ?? '', match[3] ?? ''] as const,
  ]),
)

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** WCAG 2.2 contrast, the worse of light and dark. */
function contrast(front: string, ground: string): number {
  const ratios = [0, 1].map((theme) => {
    const values = [pairs.get(front)?.[theme], pairs.get(ground)?.[theme]].map((hex) => {
      if (hex === undefined) throw new Error(`${front} or ${ground} is not a colour of tokens.css`)
      return luminance(hex)
    })
    return (Math.max(...values) + 0.05) / (Math.min(...values) + 0.05)
  })
  return Math.min(...ratios)
}

const grounds = ['paper', 'sunk', 'surface', 'raised', 'hover']
const states = ['current', 'waiting', 'retry', 'done', 'failed']

describe('contrast in both themes', () => {
  it.each(
    grounds.flatMap((ground) =>
      ['ink', 'ink-2', 'ink-3', ...states.map((state) => `${state}-text`)].map((ink) => [ink, ground]),
    ),
  )('text %s on %s reaches 4.5', (ink, ground) => {
    expect(contrast(ink, ground)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(states)('text of %s on its own tint reaches 4.5', (state) => {
    expect(contrast(`${state}-text`, `${state}-tint`)).toBeGreaterThanOrEqual(4.5)
  })

  it.each([
    ['on-current', 'current'],
    ['on-current', 'current-press'],
    ['on-waiting', 'waiting-fill'],
    ['on-waiting', 'waiting-press'],
    ['on-failed', 'failed'],
  ])('%s on %s reaches 4.5', (front, ground) => {
    expect(contrast(front, ground)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(
    grounds.flatMap((ground) => ['line-control', 'channel-line', 'quiet', ...states].map((mark) => [mark, ground])),
  )('mark %s on %s reaches 3', (mark, ground) => {
    expect(contrast(mark, ground)).toBeGreaterThanOrEqual(3)
  })
})
