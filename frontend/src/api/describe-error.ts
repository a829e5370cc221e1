import { errorCodeText, errorMessage } from './api-error.ts'

/** Sentence and code of any failure, as error pages and toasts show them. */
export function describeError(error: unknown): { message: string; code: string } {
  return { message: errorMessage(error), code: errorCodeText(error) }
}
