import type { AppServices } from '../app-services.ts'
import type { WebSocketManager } from '../websocket/websocket-manager.ts'
import type { CommandRates } from './command-rates.ts'

/** What commands over the socket stand on. */
export interface LiveCommandDeps extends Pick<AppServices, 'database' | 'events' | 'engine' | 'logger'> {
  manager: Pick<WebSocketManager, 'awaitEnd'>
  /** For what starts work elsewhere. */
  rates: CommandRates
}
