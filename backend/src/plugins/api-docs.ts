import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { ErrorAnswer } from '@millrace/shared/api/page'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { z } from 'zod'

export const docsPath = '/api/docs'

/** Describes every route at `/api/docs`, as a page and as an OpenAPI document at `/api/docs/json`. Registered before the routes. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Millrace',
        version,
        description:
          'Workflows that run durably and show every step. Lists answer `{ items, nextCursor? }`, errors `{ code, message, details?, requestId }`. Times are epoch milliseconds.',
      },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        },
        schemas: { Error: errorSchema },
      },
      security: [{ bearer: [] }, { apiKey: [] }],
    },
    transform(document) {
      const { config } = document.route
      const described = jsonSchemaTransform(document)
      const schema: Record<string, unknown> = { ...described.schema }
      if (config?.access === 'public') schema['security'] = []
      if (config?.idempotent === true) schema['headers'] = idempotencyHeader
      return { ...described, schema }
    },
    transformObject(document) {
      const openapi = 'openapiObject' in document ? document.openapiObject : {}
      for (const path of Object.values(openapi.paths ?? {})) addErrorAnswer(path as Record<string, unknown>)
      return openapi
    },
  })
  // The page describes itself in JSON Schema, which the compilers of our own routes do not read.
  await app.register(async (scope) => {
    scope.setValidatorCompiler(() => () => true)
    scope.setSerializerCompiler(() => JSON.stringify)
    await scope.register(swaggerUi, { routePrefix: docsPath, staticCSP: true })
  })
}

const { $schema: _dialect, ...errorSchema }: Record<string, unknown> = z.toJSONSchema(ErrorAnswer)

const idempotencyHeader = {
  type: 'object',
  properties: {
    'Idempotency-Key': {
      type: 'string',
      maxLength: 255,
      description: 'Makes a repeated request count once: the same key with the same body gets the first answer.',
    },
  },
}

/** Every operation can fail, and always in the same shape. */
function addErrorAnswer(path: Record<string, unknown>): void {
  for (const operation of Object.values(path)) {
    const { responses } = operation as { responses?: Record<string, unknown> }
    if (responses === undefined) continue
    responses['default'] = {
      description: 'The request failed.',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    }
  }
}
