import { AppError } from '@millrace/shared/errors/app-error'
import {
  type Client,
  isGrpcServiceError,
  ServiceError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'

/** Longest wait for one answer of the Temporal server. An update also waits for a worker. */
export const temporalCallTimeoutMs = 10_000

/**
 * Calls the server with a deadline. Throws AppError TEMPORAL_UNAVAILABLE when it does not answer in
 * time or cannot be reached (the call may still take effect); anything else passes through for the caller to name.
 */
export async function callTemporal<T>(
  client: Client,
  call: () => Promise<T>,
  timeoutMs = temporalCallTimeoutMs,
): Promise<T> {
  const answer = client.withDeadline(Date.now() + timeoutMs, call)
  let timer: NodeJS.Timeout | undefined
  // The native client goes on for 10 s while the server is away, whatever the deadline (seen with SDK 1.24).
  const timeUp = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new AppError('TEMPORAL_UNAVAILABLE', { timeoutMs })), timeoutMs)
  })
  try {
    return await Promise.race([answer, timeUp])
  } catch (error) {
    if (isUnreachable(error)) throw new AppError('TEMPORAL_UNAVAILABLE', undefined, { cause: error })
    throw error
  } finally {
    clearTimeout(timer)
    // Nobody waits for an answer that comes too late.
    answer.catch(() => undefined)
  }
}

/** gRPC codes that say nothing about the request: cancelled, deadline exceeded, resource exhausted, unavailable. */
const transientCodes = new Set([1, 4, 8, 14])

function isUnreachable(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true
  const cause = error instanceof ServiceError ? error.cause : error
  return isGrpcServiceError(cause) && transientCodes.has(cause.code)
}
