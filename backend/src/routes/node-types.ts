import { NodeTypeInfo, ProviderInfo } from '@millrace/shared/api/workflows'
import type { NodeDefinition } from '@millrace/shared/nodes/definition'
import { modelProviders } from '@millrace/shared/nodes/llm'
import { nodeDefinitions } from '@millrace/shared/nodes/registry'
import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'
import type { AppServices } from '../app-services.ts'
import { callerOfRequest } from '../plugins/authentication.ts'
import { listProviders } from '../repositories/credentials.ts'

const NodeTypes = z.object({ items: z.array(NodeTypeInfo), providers: z.array(ProviderInfo) })

/**
 * What can be drawn, for palettes and for programs that build workflows. The node types are the same for everybody
 * and for the life of the process; which model providers they can use changes with the workspace's credentials.
 */
export function registerNodeTypeRoutes(app: ApiInstance, { database }: Pick<AppServices, 'database'>): void {
  const items = Object.values(nodeDefinitions).map((definition) => describe(definition as unknown as NodeDefinition))
  app.get(
    '/api/node-types',
    { config: { access: 'read' }, schema: { tags: ['workflows'], response: { 200: NodeTypes } } },
    async (request) => {
      const { workspaceId } = callerOfRequest(request)
      return { items, providers: presentProviders(await listProviders(database.orm, workspaceId)) }
    },
  )
}

/** The one nameless input of everything but triggers. */
const inputPort = { id: 'in', label: 'in', kind: 'main' } as const

function describe(definition: NodeDefinition): NodeTypeInfo {
  const { type, title, description, group, kind, icon, configSchema } = definition
  const defaults = definition.defaults()
  const { $schema: _dialect, ...schema } = z.toJSONSchema(configSchema, { io: 'input' }) as Record<string, unknown>
  // A new node's set-up can lack what only its builder knows; its ports are told from what there is.
  const parsed = configSchema.safeParse(defaults)
  return {
    type,
    title,
    description,
    group,
    kind,
    icon,
    ports: {
      inputs: kind === 'trigger' ? [] : [inputPort],
      outputs: definition.outputs(parsed.success ? parsed.data : defaults),
    },
    configSchema: schema,
    defaults,
    available: true,
  }
}

/** Those of the `llm` node. The demo needs nothing. */
function presentProviders(withCredentials: ReadonlySet<string>): ProviderInfo[] {
  return modelProviders.map((provider): ProviderInfo => {
    if (provider === 'demo' || withCredentials.has(provider)) return { provider, available: true }
    return { provider, available: false, reason: 'The workspace has no credential for it.' }
  })
}
