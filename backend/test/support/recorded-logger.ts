import type { LoggerPort } from '@millrace/temporal/ports'

export interface LoggedLine {
  level: keyof LoggerPort
  fields: Record<string, unknown>
  message: string
}

/** A logger that keeps its lines, for tests of what an operator is told. */
export class RecordedLogger implements LoggerPort {
  readonly lines: LoggedLine[] = []

  debug(fields: Record<string, unknown>, message: string): void {
    this.lines.push({ level: 'debug', fields, message })
  }

  info(fields: Record<string, unknown>, message: string): void {
    this.lines.push({ level: 'info', fields, message })
  }

  warn(fields: Record<string, unknown>, message: string): void {
    this.lines.push({ level: 'warn', fields, message })
  }

  error(fields: Record<string, unknown>, message: string): void {
    this.lines.push({ level: 'error', fields, message })
  }

  tagged(tag: string): LoggedLine[] {
    return this.lines.filter(({ fields }) => fields['tag'] === tag)
  }
}
