import { http as definition } from '@millrace/shared/nodes/http'
import type { HttpNodeResponse } from '../ports.ts'
import { EffectError, type NodeExecutor } from './node-executor.ts'
import { parseConfig } from './parse-config.ts'
import { parseRetryAfterMs } from './retry-after.ts'
import { isSuccessCode } from './success-codes.ts'

/** Methods that change nothing on the other side, RFC 9110 §9.2.1; the others carry an idempotency key. */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Calls an address. A status outside the success codes is a failure; whether it is tried again depends on the status. */
export const http: NodeExecutor = async (rendered, context) => {
  const { method, url, headers, body, successCodes, timeoutMs } = parseConfig(definition, rendered)
  const isKeyed = safeMethods.has(method) || headers.some(({ name }) => name.toLowerCase() === 'idempotency-key')
  const response = await context.ports.http.request({
    method,
    url,
    headers: isKeyed ? headers : [...headers, { name: 'Idempotency-Key', value: context.idempotencyKey }],
    ...(body === undefined ? {} : { body }),
    timeoutMs,
    idempotencyKey: context.idempotencyKey,
    signal: context.signal,
  })
  if (!isSuccessCode(successCodes, response.status)) throw statusError(response)
  return {
    output: { status: response.status, body: response.body, headers: response.headers },
    metadata: { status: response.status, bytes: response.bytes },
  }
}

/** 408, 425, 429 and 5xx say "not now"; other statuses would come again. */
function statusError({ status, statusText, headers }: HttpNodeResponse): EffectError {
  return new EffectError('HTTP_STATUS', {
    message: `The answer has status ${status}${statusText ? ` ${statusText}` : ''}.`,
    details: { status },
    isRetryable: status >= 500 || status === 408 || status === 425 || status === 429,
    retryAfterMs: parseRetryAfterMs(headers['retry-after'], Date.now()),
  })
}
