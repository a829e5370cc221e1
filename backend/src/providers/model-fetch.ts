import { AppError, errorCodeOf } from '@millrace/shared/errors/app-error'
import { Agent, fetch as send } from 'undici'
import { type AddressPolicy, createGuardedConnector } from './guarded-connector.ts'
import { modelAddressRefused } from './model-addresses.ts'

const connectTimeoutMs = 10_000
/** Chains of causes are short; the bound is for one that bites its tail. */
const causesMax = 5

/** The way to model servers, whose addresses people type in: public ones, and private ones that the operator named. */
export interface ModelFetch {
  /** Rejects with AppError HTTP_ADDRESS_REFUSED for addresses that are neither; follows no redirect. */
  fetch: typeof globalThis.fetch
  close(): Promise<void>
}

export function createModelFetch(policy: AddressPolicy): ModelFetch {
  const agent = new Agent({
    connect: createGuardedConnector(policy, connectTimeoutMs),
    // Models may think for long before they say a word; the caller's signal is the deadline.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  async function guardedFetch(input: string | URL, init: RequestInit = {}): Promise<unknown> {
    const url = new URL(String(input))
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      const message = 'Only http and https addresses can be called.'
      throw new AppError('HTTP_ADDRESS_REFUSED', { protocol: url.protocol }, { message })
    }
    try {
      // A redirect would carry the key to wherever it points.
      return await send(url, { ...(init as Parameters<typeof send>[1]), redirect: 'error', dispatcher: agent })
    } catch (error) {
      throw isAddressRefusal(error) ? modelAddressRefused(url) : error
    }
  }
  return {
    fetch: guardedFetch as typeof globalThis.fetch,
    // Not `close`: nothing is left to be waited for once the worker has drained.
    close: () => agent.destroy(),
  }
}

function isAddressRefusal(error: unknown): boolean {
  let cause = error
  for (let depth = 0; depth < causesMax; depth++) {
    if (errorCodeOf(cause) === 'HTTP_ADDRESS_REFUSED') return true
    if (!(cause instanceof Error)) return false
    cause = cause.cause
  }
  return false
}
