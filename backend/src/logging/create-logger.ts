import { type DestinationStream, type Logger, pino } from 'pino'
import { createTextStream } from './text-stream.ts'

/** Fields whose values never reach a log, wherever they stand in it. */
const secretFields = [
  'password',
  'apiKey',
  'token',
  'accessToken',
  'refreshToken',
  'setupToken',
  'authorization',
  'cookie',
  'secret',
]

const redactedPaths = [
  ...secretFields,
  ...secretFields.map((field) => `*.${field}`),
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-api-key"]',
  'req.headers["sec-websocket-protocol"]',
  'res.headers["set-cookie"]',
]

/** One line per fact, ids as fields, no payloads. `text` for people, `json` for machines. */
export function createLogger(
  { level, format }: { level: string; format: 'text' | 'json' },
  destination: NodeJS.WritableStream,
): Logger {
  const stream: DestinationStream = format === 'text' ? createTextStream(destination) : destination
  return pino(
    {
      level,
      base: null,
      redact: { paths: redactedPaths, censor: '[redacted]' },
      serializers: {
        err: describeError,
        req: (request: { method: string; url: string; ip: string }) => ({
          method: request.method,
          url: withoutToken(request.url),
          ip: request.ip,
        }),
        res: (reply: { statusCode: number }) => ({ statusCode: reply.statusCode }),
      },
    },
    stream,
  )
}

/** The socket takes its token from the address where a client can set nothing else; there it must not be written down. */
export function withoutToken(url: string): string {
  return url.replace(/([?&]token=)[^&]*/gi, '$1[redacted]')
}

/** How deep causes are followed. */
const causesMax = 5

/** Name, code, message and causes. The parameters that database errors carry are left out: they are people's data. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  const code = 'code' in error ? error.code : undefined
  return {
    type: error.name,
    // drizzle's messages repeat the statement's parameters after this word.
    message: error.message.split('\nparams:', 1)[0],
    ...(code === undefined ? {} : { code }),
    stack: error.stack
      ?.split('\n')
      .filter((line) => line.startsWith('    at '))
      .join('\n'),
    ...(error.cause === undefined || depth >= causesMax ? {} : { cause: describeError(error.cause, depth + 1) }),
  }
}
