import { AppError, errorCodeOf } from '../../errors/app-error.ts'

/** Longest expression that a sentence repeats. */
const shownCharactersMax = 200

/** What a parser complains about in a drawing, cut for its list of problems. Never of a run: there secrets are masked first. */
export function reasonOf(error: unknown): string {
  return firstLineOf(error).slice(0, 500)
}

/** First line of what a parser or evaluator complains about, without the position drawing below it. */
function firstLineOf(error: unknown): string {
  const text =
    error instanceof Error || (typeof error === 'object' && error !== null && 'message' in error)
      ? String(error.message)
      : String(error)
  return text.split('\n')[0] ?? ''
}

/** Any failure of an expression as AppError EXPRESSION_FAILED with the expression and the reason; errors of the catalogue pass. */
export function expressionError(source: string, error: unknown): AppError {
  const code = errorCodeOf(error)
  if (code !== null && code !== 'INTERNAL') return error as AppError
  const reason = firstLineOf(error)
  // Whole or not at all: secrets are masked later, and what is cut before could end in the beginning of one.
  const isShown = source.length <= shownCharactersMax
  return new AppError(
    'EXPRESSION_FAILED',
    { ...(isShown ? { expression: source } : {}), reason },
    {
      message: `${isShown ? `“${source}”` : `An expression of ${source.length} characters`} could not be evaluated: ${reason}`,
    },
  )
}
