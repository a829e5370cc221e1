import { createApp } from '../app.ts'
import type { AppServices } from '../app-services.ts'
import type { HookParts } from '../commands/create-hook.ts'
import type { SocketConfig } from '../config/socket-settings.ts'
import { EventBridge } from '../events/event-bridge.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { KnowledgeServices } from '../knowledge/knowledge-services.ts'
import { addAppendToSocketMetrics } from '../metrics/append-to-socket-metrics.ts'
import { addDeliveryMetrics } from '../metrics/delivery-metrics.ts'
import type { MetricsPage } from '../metrics/metrics-page.ts'
import { createChannelReader } from '../queries/channel-reader.ts'
import { registerHookRoutes } from '../routes/hooks.ts'
import { registerKnowledgeBaseRoutes } from '../routes/knowledge-bases.ts'
import type { PresenceBus } from '../websocket/presence/presence-bus.ts'
import { WebSocketManager } from '../websocket/websocket-manager.ts'
import type { Closers } from './closers.ts'
import { listen } from './listen.ts'

interface ServerParts {
  bus: EventBus
  presence: PresenceBus
  /** What the operator has set of the delivery. */
  sockets: SocketConfig
  knowledge: KnowledgeServices
  hooks: HookParts
  metrics: MetricsPage
}

/** Serves API, socket and web app. Returns the address for people. */
export async function startServer(
  services: Omit<AppServices, 'registerParts' | 'openLive' | 'metrics'>,
  { bus, presence, sockets, knowledge, hooks, metrics }: ServerParts,
  closers: Closers,
): Promise<string> {
  const { logger, eventLog: reader } = services
  const bridge = new EventBridge({ bus, reader, logger })
  closers.push('event bridge', () => bridge.close())
  const app = await createApp({
    ...services,
    metrics,
    openLive: (authenticate) => {
      const channels = createChannelReader(services.database)
      const manager = new WebSocketManager({
        bridge,
        reader,
        authenticate,
        logger,
        channels,
        settings: sockets,
        presence: { bus: presence },
      })
      addDeliveryMetrics(metrics, { manager, bridge })
      addAppendToSocketMetrics(metrics, manager)
      return manager
    },
    async registerParts(api) {
      await registerKnowledgeBaseRoutes(api, knowledge)
      registerHookRoutes(api, hooks)
    },
  })
  closers.push('server', () => app.close())
  return listen(app, services.config)
}
