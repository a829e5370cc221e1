import { errorCodeOf } from '@millrace/shared/errors/app-error'
import type { LoggerPort } from '@millrace/temporal/ports'
import type { Connection } from '../websocket/connections/connection.ts'

/** Logs what is none of the catalogue's; the caller is told INTERNAL. */
export function reportFailure(logger: Pick<LoggerPort, 'error'>, connection: Connection, error: unknown): void {
  if (errorCodeOf(error) !== null) return
  logger.error({ tag: 'handler-failed', connectionId: connection.id, err: error }, 'A message handler threw')
}
