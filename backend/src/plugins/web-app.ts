import fastifyStatic from '@fastify/static'
import { AppError } from '@millrace/shared/errors/app-error'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sendError } from './error-handler.ts'

/** Files whose names change with their content. */
const hashedFile = /\/assets\/[^/]+-[\w-]{8,}\.\w+$/

/**
 * Serves the built web app. Addresses that are none of ours and that a browser opens get its page, for the
 * app routes by address; everything else that is not found is answered as an error.
 */
export async function serveWebApp(app: FastifyInstance, webDir: string | null): Promise<void> {
  if (webDir !== null) {
    await app.register(fastifyStatic, {
      root: webDir,
      dotfiles: 'ignore',
      index: false,
      cacheControl: false,
      setHeaders(reply, path) {
        const isHashed = hashedFile.test(path.replaceAll('\\', '/'))
        reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
    app.get('/', { schema: { hide: true } }, (_request, reply) => sendPage(reply))
  }
  app.setNotFoundHandler((request, reply) => {
    if (webDir !== null && isPageRequest(request)) return sendPage(reply)
    const error = new AppError('NOT_FOUND', { method: request.method })
    return sendError(error, error, request, reply)
  })

  function sendPage(reply: FastifyReply): FastifyReply {
    return reply.header('cache-control', 'no-cache').sendFile('index.html')
  }
}

function isPageRequest({ method, url, headers }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const path = url.split('?', 1)[0] ?? ''
  const isOurs = path === '/api' || path.startsWith('/api/') || path === '/ws' || path.startsWith('/assets/')
  return !isOurs && (headers.accept ?? '').includes('text/html')
}
