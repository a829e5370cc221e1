import { isErrorCode } from '@millrace/shared/errors/app-error'
import { errorCatalogue } from '@millrace/shared/errors/catalogue'
import { exitCodes } from './exit-codes.ts'

/** A failure that is told in one sentence, with its code and what to do about it; never with a stack. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: string
  readonly advice: string | null
  readonly exitCode: number
  /** Whether the same call may succeed later without anybody doing anything. */
  readonly isPassing: boolean

  constructor(
    code: string,
    message: string,
    options: { advice?: string; exitCode?: number; isPassing?: boolean } = {},
  ) {
    super(message)
    this.code = code
    this.advice = options.advice ?? adviceByCode[code] ?? null
    this.exitCode = options.exitCode ?? exitCodes.refused
    this.isPassing =
      options.isPassing ?? (code === 'SERVER_AWAY' || (isErrorCode(code) && errorCatalogue[code].retryable))
  }
}

/** The command line itself is wrong. */
export function usageError(message: string, advice?: string): CliError {
  return new CliError('USAGE', message, { exitCode: exitCodes.usage, ...(advice === undefined ? {} : { advice }) })
}

/** What a person can do, by the code of the failure. */
const adviceByCode: Record<string, string> = {
  NOT_AUTHENTICATED: 'Sign in with: millrace login',
  INVALID_TOKEN: 'The key was revoked or belongs to another server. Sign in again with: millrace login',
  INVALID_CREDENTIALS: 'Check the e-mail address and the password, then try again.',
  FORBIDDEN: 'Ask the owner of the workspace for the role that may do this.',
  RATE_LIMITED: 'Wait a minute, then try again.',
  SERVER_AWAY: 'Start the server, or name another with --url or MILLRACE_URL.',
  UNEXPECTED_ANSWER: 'Check that the address is that of a Millrace server of the same version.',
  WORKFLOW_NOT_FOUND: 'List them with: millrace workflows',
  WORKFLOW_INVALID: 'Open the workflow in the web app: its problems are marked there.',
  EXECUTION_NOT_FOUND: 'List them with: millrace executions',
  PROMPT_NOT_FOUND: 'List runs that wait with: millrace executions --status waiting',
  KNOWLEDGE_BASE_NOT_FOUND: 'Create it in the web app first, or check the name.',
  WORKSPACE_NOT_FOUND: 'Ask its owner for an invitation, or check the name.',
  AMBIGUOUS_NAME: 'Use the id instead of the name.',
}
