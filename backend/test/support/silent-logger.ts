import type { LoggerPort } from '@millrace/temporal/ports'

/** For parts whose log lines are not what a test is about. */
export const silentLogger: LoggerPort = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
