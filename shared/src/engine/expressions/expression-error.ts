import { AppError, errorCodeOf } from '../../errors/app-error.ts'

/** First line of what a parser or evaluator complains about, without the position drawing below it. */
export function reasonOf(error: unknown): string {
  const text =
    error instanceof Error || (typeof error === 'object' && error !== null && 'message' in error)
      ? String(error.message)
      : String(error)
  return (text.split('\n')[0] ?? '').slice(0, 500)
}

/** Any failure of an expression as AppError EXPRESSION_FAILED with the expression and the reason; errors of the catalogue pass. */
export function expressionError(source: string, error: unknown): AppError {
  const code = errorCodeOf(error)
  if (code !== null && code !== 'INTERNAL') return error as AppError
  const reason = reasonOf(error)
  const shown = source.length > 200 ? `${source.slice(0, 200)}…` : source
  return new AppError(
    'EXPRESSION_FAILED',
    { expression: shown, reason },
    { message: `“${shown}” could not be evaluated: ${reason}` },
  )
}
