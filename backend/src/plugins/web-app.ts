import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
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
export async function serveWebApp(
  app: FastifyInstance,
  { webDir, basePath }: { webDir: string | null; basePath: string },
): Promise<void> {
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
    for (const path of ['/', '/index.html']) {
      app.get(path, { schema: { hide: true } }, (_request, reply) => sendPage(reply, webDir))
    }
  }
  app.setNotFoundHandler((request, reply) => {
    if (webDir !== null && isPageRequest(request)) return sendPage(reply, webDir)
    const error = new AppError('NOT_FOUND', { method: request.method })
    return sendError(error, error, request, reply)
  })

  async function sendPage(reply: FastifyReply, dir: string): Promise<FastifyReply> {
    const page = await readPage(dir, basePath)
    return reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(page)
  }
}

/** The page, told where it is mounted: everything in it is addressed from its base. */
async function readPage(webDir: string, basePath: string): Promise<string> {
  const text = await readFile(resolve(webDir, 'index.html'), 'utf8')
  return text.replace('<base href="/"', `<base href="${basePath}/"`)
}

/** An address as routes know it, whether the proxy took the base path away or not. */
export function withoutBasePath(url: string, basePath: string): string {
  if (basePath === '' || !url.startsWith(basePath)) return url
  const rest = url.slice(basePath.length)
  if (rest === '' || rest.startsWith('?')) return `/${rest}`
  return rest.startsWith('/') ? rest : url
}

function isPageRequest({ method, url, headers }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const path = url.split('?', 1)[0] ?? ''
  const isOurs = path === '/api' || path.startsWith('/api/') || path === '/ws' || path.startsWith('/assets/')
  return !isOurs && (headers.accept ?? '').includes('text/html')
}
