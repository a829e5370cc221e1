import { AppError } from '@millrace/shared/errors/app-error'
import type { HttpNodeRequest } from '@millrace/temporal/ports'

/** Bounds of what a step may send. */
const urlCharactersMax = 8000
const headersMax = 50
const headerValueCharactersMax = 8000

/** The connection's own headers: setting them by hand breaks the framing or leads past the address check. */
const ownHeaders = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'te',
  'trailer',
  'keep-alive',
  'expect',
])
const methodsWithEffect = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** Throws AppError NODE_CONFIG_INVALID for what is no address, HTTP_ADDRESS_REFUSED for other schemes and for credentials in it. */
export function parseTargetUrl(text: string, base?: URL): URL {
  const url = text.length > urlCharactersMax ? null : URL.parse(text.trim(), base?.href)
  if (url === null)
    throw new AppError('NODE_CONFIG_INVALID', { field: 'url' }, { message: 'The address is not a valid URL.' })
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new AppError(
      'HTTP_ADDRESS_REFUSED',
      { protocol: url.protocol },
      { message: 'Only http and https addresses can be called.' },
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw new AppError(
      'HTTP_ADDRESS_REFUSED',
      { host: url.host },
      { message: 'The address holds a user name or password: put it into a header instead.' },
    )
  }
  url.hash = ''
  return url
}

/** Headers as they are sent, names in lower case. Throws AppError NODE_CONFIG_INVALID. */
export function requestHeaders(request: HttpNodeRequest): Record<string, string> {
  const headers: Record<string, string> = {
    accept: '*/*',
    'accept-encoding': 'gzip, deflate, br',
    'user-agent': 'millrace',
  }
  if (methodsWithEffect.has(request.method)) headers['idempotency-key'] = request.idempotencyKey
  if (request.body) headers['content-type'] = isJson(request.body) ? 'application/json' : 'text/plain; charset=utf-8'
  if (request.headers.length > headersMax) throw headerInvalid('', `There are more than ${headersMax} headers.`)
  for (const { name, value } of request.headers) {
    const key = name.trim().toLowerCase()
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]{1,200}$/.test(key))
      throw headerInvalid(name, 'A header has a name that is not allowed.')
    if (ownHeaders.has(key) || key.startsWith('proxy-'))
      throw headerInvalid(name, `The header ${key} belongs to the connection and cannot be set.`)
    // Latin-1 without control characters, RFC 9110 §5.5.
    if (value.length > headerValueCharactersMax || !/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)) {
      throw headerInvalid(name, `The header ${key} has a value that cannot be sent.`)
    }
    headers[key] = value.trim()
  }
  return headers
}

/** What may go along to another origin: nothing that could be a secret. */
export function headersForOtherOrigin(headers: Record<string, string>): Record<string, string> {
  const kept = ['accept', 'accept-encoding', 'accept-language', 'content-type', 'user-agent']
  return Object.fromEntries(Object.entries(headers).filter(([name]) => kept.includes(name)))
}

function headerInvalid(header: string, message: string): AppError {
  return new AppError('NODE_CONFIG_INVALID', { field: 'headers', header: header.slice(0, 200) }, { message })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
