import { NodeTypeInfo } from '@millrace/shared/api/workflows'
import type { NodeDefinition } from '@millrace/shared/nodes/definition'
import { nodeDefinitions } from '@millrace/shared/nodes/registry'
import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'

const NodeTypes = z.object({ items: z.array(NodeTypeInfo) })

/** What can be drawn, for palettes and for programs that build workflows. The same for everybody and for the life of the process. */
export function registerNodeTypeRoutes(app: ApiInstance): void {
  const items = Object.values(nodeDefinitions).map((definition) => describe(definition as unknown as NodeDefinition))
  app.get(
    '/api/node-types',
    { config: { access: 'read' }, schema: { tags: ['workflows'], response: { 200: NodeTypes } } },
    async () => ({ items }),
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
