import { errorCodeOf } from '@millrace/shared/errors/app-error'
import { Agent, request as send } from 'undici'
import { type AddressPolicy, createGuardedConnector } from '../providers/guarded-connector.ts'
import type { HookRequest } from './hook-request.ts'

/** How one attempt ended. `status` null: there was no answer. `isFinal`: another attempt would end alike. */
export type AttemptOutcome =
  | { isDelivered: true; status: number }
  | { isDelivered: false; status: number | null; reason: string; isFinal: boolean }

export interface HookSender {
  /** Never rejects. */
  send(url: string, request: HookRequest, stop: AbortSignal): Promise<AttemptOutcome>
  close(): Promise<void>
}

/** For the whole attempt. Receivers are to answer first and work afterwards. */
export const attemptTimeoutMs = 10_000

/** A receiver says 410 when it wants no more of this. */
const goneStatus = 410
/** Bytes of an answer that are read, so that its connection can be used again; more closes it. */
const answerBytesMax = 16 * 1024

/** Sends events to addresses that people typed in: public ones only unless set otherwise, and without following redirects. */
export function createHookSender(policy: AddressPolicy): HookSender {
  const agent = new Agent({
    connect: createGuardedConnector(policy, attemptTimeoutMs),
    // One deadline for all of it, made by the signal below.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  return {
    async send(url, { headers, body }, stop) {
      const deadline = AbortSignal.timeout(attemptTimeoutMs)
      const signal = AbortSignal.any([stop, deadline])
      try {
        const answer = await send(url, { dispatcher: agent, method: 'POST', headers, body, signal })
        const status = answer.statusCode
        // What the answer says beside its status is of no interest, nor is whether it ends well.
        await answer.body.dump({ limit: answerBytesMax, signal }).catch(() => undefined)
        if (status >= 200 && status < 300) return { isDelivered: true, status }
        return { isDelivered: false, status, reason: `HTTP ${status}`, isFinal: status === goneStatus }
      } catch (error) {
        const reason = deadline.aborted ? 'TIMEOUT' : reasonOf(error)
        return { isDelivered: false, status: null, reason, isFinal: reason === 'HTTP_ADDRESS_REFUSED' }
      }
    },
    close: () => agent.destroy(),
  }
}

/** A code such as ECONNREFUSED, ENOTFOUND or CERT_HAS_EXPIRED: messages may hold addresses. */
function reasonOf(error: unknown): string {
  const known = errorCodeOf(error)
  if (known !== null) return known
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN'
}
