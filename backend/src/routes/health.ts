import { Health } from '@millrace/shared/api/health'
import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'
import type { AppServices } from '../app-services.ts'

const Alive = z.object({ status: z.literal('ok') })

export function registerHealthRoutes(app: ApiInstance, { health }: Pick<AppServices, 'health'>): void {
  const answers = { tags: ['health'], response: { 200: Health, 503: Health } }
  for (const url of ['/api/health', '/ready']) {
    app.get(url, { config: { access: 'public' }, schema: answers, logLevel: 'warn' }, async (_request, reply) => {
      const report = await health.report()
      return reply
        .code(health.isReady(report) ? 200 : 503)
        .header('cache-control', 'no-store')
        .send(report)
    })
  }
  const alive = { tags: ['health'], response: { 200: Alive } }
  app.get('/live', { config: { access: 'public' }, schema: alive, logLevel: 'warn' }, async () => ({
    status: 'ok' as const,
  }))
}
