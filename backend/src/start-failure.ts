import { AppError, errorCodeOf } from '@millrace/shared/errors/app-error'
import type { Config } from './config.ts'

/** What to tell the person who started the process, and what to do about it; null: it is none of the known causes. */
export function explainStartFailure(error: unknown, config: Config): string | null {
  // Errors that were written for this reader: ours, and those of the provisioning scripts.
  if (error instanceof Error && (error.name === 'StartError' || error.constructor.name === 'TemporalNotFoundError')) {
    return error.message
  }
  const systemCode = error instanceof Error && 'code' in error ? error.code : undefined
  const { host, port } = config.server
  switch (systemCode) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken. Stop what listens there, or choose another one: --port ${port + 1} (MILLRACE_PORT).`
    case 'EACCES':
      return 'syscall' in (error as object) && (error as { syscall?: string }).syscall === 'listen'
        ? `Port ${port} may not be used by this user. Choose one above 1023: --port 3001 (MILLRACE_PORT).`
        : `${messageOf(error)}. The data folder ${config.dataDir} must be writable (--data-dir, MILLRACE_DATA_DIR).`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine. Choose one with --host (MILLRACE_HOST), for example 127.0.0.1 or 0.0.0.0.`
    case 'ENOSPC':
    case 'EROFS':
    case 'ENOTDIR':
      return `${messageOf(error)}. Choose another data folder with --data-dir (MILLRACE_DATA_DIR).`
  }
  switch (errorCodeOf(error)) {
    case 'DATA_FOLDER_IN_USE':
      return `${messageOf(error)}\nFolder: ${config.dataDir}${holderOf(error)}`
    case 'DATABASE_UNAVAILABLE':
      return `The Postgres server of DATABASE_URL does not answer: ${causeOf(error)}. Start it, or correct the address.`
    case 'TEMPORAL_UNAVAILABLE':
      return config.temporal.address === null
        ? `The Temporal development server did not start: ${causeOf(error)}.`
        : `The Temporal server at ${config.temporal.address} (TEMPORAL_ADDRESS) does not answer: ${causeOf(error)}. Start it, or correct the address.`
  }
  // An AppError without a row of its own above still says what is wrong in words for people.
  return error instanceof AppError && error.behaviour.expose ? `${error.message} ${causeOf(error)}`.trim() : null
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause === undefined ? messageOf(error) : messageOf(cause)
}

function holderOf(error: unknown): string {
  const pid = error instanceof AppError ? error.details?.['pid'] : undefined
  return pid === undefined ? '' : `\nProcess: ${String(pid)}`
}
