import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '@millrace/shared/errors/app-error'
import { callTemporal } from '@millrace/temporal/client/temporal-call'
import { Client } from '@temporalio/client'
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker'

export interface ConnectTemporalOptions {
  address: string
  namespace: string
  /** The server may be starting: tries until then. */
  timeoutMs?: number
  tls?: NativeConnectionOptions['tls']
  apiKey?: string
  signal?: AbortSignal
}

export interface TemporalConnection {
  /** Shared by client and workers, so that a run's first task can go straight to our own worker. */
  native: NativeConnection
  client: Client
  namespace: string
}

const defaultTimeoutMs = 30_000
const retryDelayMs = 100
/** Of one try: a server that accepts and then says nothing must not use up the whole time. */
const tryTimeoutMs = 5000

/**
 * Connects once the server answers and has the namespace. The native connection reconnects by itself
 * afterwards. The caller closes `native`. Throws AppError TEMPORAL_UNAVAILABLE after `timeoutMs`, or the signal's reason.
 */
export async function connectTemporal(options: ConnectTemporalOptions): Promise<TemporalConnection> {
  const { address, namespace, timeoutMs = defaultTimeoutMs, tls, apiKey, signal } = options
  const giveUpAt = Date.now() + timeoutMs
  for (;;) {
    signal?.throwIfAborted()
    let native: NativeConnection | null = null
    try {
      native = await NativeConnection.connect({
        address,
        ...(tls === undefined ? {} : { tls }),
        ...(apiKey === undefined ? {} : { apiKey }),
      })
      const client = new Client({ connection: native, namespace })
      await callTemporal(client, () => describeNamespace(client), tryTimeoutMs)
      return { native, client, namespace }
    } catch (error) {
      await native?.close().catch(() => undefined)
      if (Date.now() + retryDelayMs >= giveUpAt)
        throw new AppError('TEMPORAL_UNAVAILABLE', { address }, { cause: error })
      await delay(retryDelayMs, undefined, signal === undefined ? {} : { signal }).catch(() => signal?.throwIfAborted())
    }
  }
}

/** For the readiness route: whether the server answers within the time. Never throws. */
export async function isTemporalHealthy(client: Client, timeoutMs = 2000): Promise<boolean> {
  try {
    await callTemporal(client, () => describeNamespace(client), timeoutMs)
    return true
  } catch {
    return false
  }
}

function describeNamespace(client: Client): Promise<unknown> {
  return client.workflowService.describeNamespace({ namespace: client.options.namespace })
}
