import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { RedisRateCounts } from '../plugins/redis-rate-counts.ts'
import type { Closers } from './closers.ts'

/** The counts of limits that processes share; null where there is no Redis between them. */
export function openRateCounts(
  { redisUrl }: Pick<Config, 'redisUrl'>,
  closers: Closers,
  logger: Logger,
): RedisRateCounts | null {
  if (redisUrl === null) return null
  const counts = new RedisRateCounts(redisUrl.reveal(), logger)
  closers.push('rate counts', () => counts.close())
  return counts
}
