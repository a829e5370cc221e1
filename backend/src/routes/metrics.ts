import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'

/** The metrics of this process, as text. */
export interface MetricsText {
  contentType: string
  render(): Promise<string>
}

/** Counts of all workspaces together: for this machine, and for who may see how the process delivers. */
export function registerMetricsRoute(app: ApiInstance, metrics: MetricsText): void {
  app.get(
    '/metrics',
    {
      config: { access: 'seeDelivery', isOpenToThisMachine: true },
      schema: {
        tags: ['delivery'],
        response: { 200: { description: 'For Prometheus.', content: { 'text/plain': { schema: z.string() } } } },
      },
      logLevel: 'warn',
    },
    async (_request, reply) =>
      reply
        .header('cache-control', 'no-store')
        .type(metrics.contentType)
        .send(await metrics.render()),
  )
}
