import type { FastifyInstance } from 'fastify'

export interface DocumentedRoute {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As OpenAPI writes it: `/api/workflows/{id}`. */
  path: string
}

/** Every route of the API's document. */
export function documentedRoutes(app: FastifyInstance): DocumentedRoute[] {
  return Object.entries(app.swagger().paths ?? {}).flatMap(([path, operations]) =>
    Object.keys(operations ?? {}).map((method) => ({
      method: method.toUpperCase() as DocumentedRoute['method'],
      path,
    })),
  )
}
