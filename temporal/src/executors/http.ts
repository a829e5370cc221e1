import { http as definition } from '@millrace/shared/nodes/http'
import type { HttpNodeResponse } from '../ports.ts'
import { bytesText, durationText } from './amounts.ts'
import { type EffectContext, EffectError, type NodeExecutor } from './node-executor.ts'
import { parseConfig } from './parse-config.ts'
import { parseRetryAfterMs } from './retry-after.ts'
import { isSuccessCode } from './success-codes.ts'
import { targetHost } from './target-host.ts'

/** Methods that change nothing on the other side, RFC 9110 §9.2.1; the others carry an idempotency key. */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Calls an address. A status outside the success codes is a failure; whether it is tried again depends on the status. */
export const http: NodeExecutor = async (rendered, context) => {
  const { method, url, headers, body, successCodes, timeoutMs } = parseConfig(definition, rendered)
  const isKeyed = safeMethods.has(method) || headers.some(({ name }) => name.toLowerCase() === 'idempotency-key')
  const sent = body ? `, sends ${bytesText(Buffer.byteLength(body))}` : ''
  await context.log('info', `${method} ${targetHost(url)}${sent}`)
  const startedAt = performance.now()
  const response = await context.ports.http.request({
    method,
    url,
    headers: isKeyed ? headers : [...headers, { name: 'Idempotency-Key', value: context.idempotencyKey }],
    ...(body === undefined ? {} : { body }),
    timeoutMs,
    idempotencyKey: context.idempotencyKey,
    signal: context.signal,
    onProgress: (receivedBytes, totalBytes) => tellProgress(context, receivedBytes, totalBytes),
  })
  const isSuccess = isSuccessCode(successCodes, response.status)
  const answered = `${statusText(response)} after ${durationText(performance.now() - startedAt)}`
  await context.log(isSuccess ? 'info' : 'warn', `${answered}, ${bytesText(response.bytes)}`)
  if (!isSuccess) {
    const failure = statusError(response)
    if (failure.retryAfterMs !== undefined) {
      await context.log('warn', `The other side asks to wait ${durationText(failure.retryAfterMs)}`)
    }
    throw failure
  }
  return {
    output: { status: response.status, body: response.body, headers: response.headers },
    metadata: { status: response.status, bytes: response.bytes },
  }
}

function tellProgress({ progress }: EffectContext, receivedBytes: number, totalBytes: number | null): Promise<void> {
  if (totalBytes === null || totalBytes < receivedBytes) return progress(undefined, bytesText(receivedBytes))
  return progress((receivedBytes / totalBytes) * 100, `${bytesText(receivedBytes)} of ${bytesText(totalBytes)}`)
}

/** 408, 425, 429 and 5xx say "not now"; other statuses would come again. */
function statusError(response: HttpNodeResponse): EffectError {
  const { status, headers } = response
  return new EffectError('HTTP_STATUS', {
    message: `The answer has status ${statusText(response)}.`,
    details: { status },
    isRetryable: status >= 500 || status === 408 || status === 425 || status === 429,
    retryAfterMs: parseRetryAfterMs(headers['retry-after'], Date.now()),
  })
}

function statusText({ status, statusText: reason }: HttpNodeResponse): string {
  return reason ? `${status} ${reason}` : String(status)
}
