import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { type EventBus, InProcessEventBus } from '../events/event-bus.ts'
import { RedisEventBus } from '../events/redis-event-bus.ts'
import type { Closers } from './closers.ts'

/** The bus of this process. `redis` is the same one where there is a Redis, for metrics and health. */
export function openEventBus(
  { redisUrl }: Pick<Config, 'redisUrl'>,
  closers: Closers,
  logger: Logger,
): { bus: EventBus; redis: RedisEventBus | null } {
  const redis = redisUrl === null ? null : new RedisEventBus({ url: redisUrl.reveal(), logger })
  const bus = redis ?? new InProcessEventBus()
  closers.push('event bus', () => bus.close())
  return { bus, redis }
}
