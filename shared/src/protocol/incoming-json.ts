import { AppError } from '../errors/app-error.ts'

/** Levels that JSON from outside may have: the deepest drawing needs a dozen, and what recurses over a value needs a stack for it. */
export const jsonLevelsMax = 64

/**
 * What was parsed from a text that somebody else wrote, fit to be looked at and stored: not deeper than
 * `jsonLevelsMax`, and without the characters that no database stores (U+0000 and halves of surrogate pairs become
 * U+FFFD). Call it before anything else looks at the value. Throws AppError INVALID_INPUT when it is too deep.
 */
export function acceptJson(value: unknown, text: string): unknown {
  requireLevels(value)
  return mayHoldUnstorable.test(text) ? withStorableTexts(value) : value
}

/** Level by level, for the depth that is looked for is the one that a recursion would not survive. */
function requireLevels(value: unknown): void {
  let level: object[] = isNested(value) ? [value] : []
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > jsonLevelsMax) {
      throw new AppError(
        'INVALID_INPUT',
        { levelsMax: jsonLevelsMax },
        { message: `The JSON is nested deeper than ${jsonLevelsMax} levels.` },
      )
    }
    const next: object[] = []
    for (const each of level) for (const part of Object.values(each)) if (isNested(part)) next.push(part)
    level = next
  }
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Escapes of U+0000 and of surrogates; whether these are halves shows only when the pairs are put together. */
const mayHoldUnstorable = /\\u(0000|[dD][89a-fA-F])/

function withStorableTexts(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\u0000', '\uFFFD').toWellFormed()
  if (Array.isArray(value)) return value.map(withStorableTexts)
  if (!isNested(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [String(withStorableTexts(key)), withStorableTexts(part)]),
  )
}
