import type { AppServices } from '../app-services.ts'
import type { DrawingChecks } from '../commands/check-drawing.ts'
import type { WebSocketManager } from '../websocket/websocket-manager.ts'
import type { CommandRates } from './command-rates.ts'

/** What commands over the socket stand on. */
export interface LiveCommandDeps extends Pick<AppServices, 'database' | 'events' | 'engine' | 'logger'> {
  manager: Pick<WebSocketManager, 'awaitEnd' | 'rights'>
  /** Of each caller, whatever it asks for. */
  rates: CommandRates
  drawingChecks: DrawingChecks
}
