import type { DestinationStream } from 'pino'

const levelNames: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

/** Turns pino's lines into text for a terminal: time, level, message, fields; an error's stack below it. */
export function createTextStream(destination: NodeJS.WritableStream): DestinationStream {
  return {
    write(line) {
      destination.write(formatLine(line))
    },
  }
}

export function formatLine(line: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>
  const clock = new Date(Number(time)).toTimeString().slice(0, 8)
  const name = (levelNames[Number(level)] ?? 'info').padEnd(5)
  const rest = Object.entries(flatten(fields))
    .map(
      ([key, value]) =>
        ` ${key}=${typeof value === 'string' && /^[^\s"]+$/.test(value) ? value : JSON.stringify(value)}`,
    )
    .join('')
  return `${clock} ${name} ${String(msg ?? '')}${rest}\n${formatError(err)}`
}

/** `{ req: { method } }` becomes `req.method`, one level deep. */
function flatten(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]): [string, unknown][] =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).map(([inner, part]) => [`${key}.${inner}`, part])
        : [[key, value]],
    ),
  )
}

function formatError(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const { type, message, stack, cause } = error as Record<string, unknown>
  const own = `    ${String(type)}: ${String(message)}\n${typeof stack === 'string' && stack !== '' ? `${stack}\n` : ''}`
  return cause === undefined ? own : `${own}    because of\n${formatError(cause)}`
}
