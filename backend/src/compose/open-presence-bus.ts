import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { InProcessPresenceBus, type PresenceBus } from '../websocket/presence/presence-bus.ts'
import { RedisPresenceBus } from '../websocket/presence/redis-presence-bus.ts'
import type { Closers } from './closers.ts'

/** How serving processes tell each other who watches what. */
export function openPresenceBus({ redisUrl }: Pick<Config, 'redisUrl'>, closers: Closers, logger: Logger): PresenceBus {
  const bus = redisUrl === null ? new InProcessPresenceBus() : new RedisPresenceBus({ url: redisUrl.reveal(), logger })
  closers.push('presence bus', () => bus.close())
  return bus
}
