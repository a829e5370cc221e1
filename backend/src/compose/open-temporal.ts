import { installRuntime } from '@millrace/temporal/worker/install-runtime'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { connectTemporal, type TemporalConnection } from '../temporal/connect.ts'
import { DevServer } from '../temporal/dev-server.ts'
import type { Closers } from './closers.ts'
import { findTemporalBinary } from './temporal-binary.ts'

/** Connects to the Temporal server of the settings, or starts one as a child and connects to that. */
export async function openTemporal(
  config: Config,
  closers: Closers,
  logger: Logger,
  signal: AbortSignal,
): Promise<TemporalConnection & { address: string; isChild: boolean }> {
  installRuntime(logger)
  const { namespace } = config.temporal
  const isChild = config.temporal.address === null
  const address = config.temporal.address ?? (await startChild())
  const connection = await connectTemporal({ address, namespace, signal })
  closers.push('Temporal connection', () => connection.native.close())
  logger.info({ address, namespace, isChild }, 'Temporal ready')
  return { ...connection, address, isChild }

  async function startChild(): Promise<string> {
    const binary = config.temporal.bin ?? (await findTemporalBinary(signal))
    const server = await DevServer.start({ binary, dataDir: config.dataDir, logger, namespace, signal })
    closers.push('Temporal server', () => server.stop())
    return server.address
  }
}
