import { type Logger, type LogLevel, type LogMetadata, makeTelemetryFilterString, Runtime } from '@temporalio/worker'
import type { LoggerPort } from '../ports.ts'

/**
 * Sets up the native runtime: call once per process, before the first connection. Signals stay with the
 * process's own shutdown; Core's log lines go through our logger.
 */
export function installRuntime(logger: LoggerPort): void {
  Runtime.install({
    logger: adapt(logger),
    shutdownSignals: [],
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) } },
  })
}

function adapt(logger: LoggerPort): Logger {
  const write = (level: LogLevel, message: string, meta: LogMetadata = {}) => {
    switch (level) {
      case 'ERROR':
        return logger.error(meta, message)
      case 'WARN':
        return logger.warn(meta, message)
      // The SDK tells each start and stop of a worker's parts at INFO: detail for us.
      default:
        return logger.debug(meta, message)
    }
  }
  return {
    log: write,
    trace: (message, meta) => write('TRACE', message, meta),
    debug: (message, meta) => write('DEBUG', message, meta),
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  }
}
