import type { NodeDefinition, NodeGroup } from '@millrace/shared/nodes/definition'
import { findNodeDefinition, nodeDefinitions } from '@millrace/shared/nodes/registry'

export interface StepGroup {
  title: string
  steps: NodeDefinition[]
}

/** Order and titles of the palette. Begin and end stand together, for they are set up once. */
const groups: readonly { title: string; members: readonly NodeGroup[] }[] = [
  { title: 'AI', members: ['AI'] },
  { title: 'People', members: ['People'] },
  { title: 'Data', members: ['Data', 'Knowledge'] },
  { title: 'Flow', members: ['Flow'] },
  { title: 'Start and finish', members: ['Start', 'End'] },
]

const all = Object.keys(nodeDefinitions).flatMap((type) => findNodeDefinition(type) ?? [])

/** Types of steps by group, those that a search finds: every word must begin somewhere in title, type or description. */
export function stepGroups(query: string, fits: (definition: NodeDefinition) => boolean = () => true): StepGroup[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const isFound = (definition: NodeDefinition) => {
    const text = ` ${definition.title} ${definition.type} ${definition.description} ${definition.group}`.toLowerCase()
    return words.every((word) => text.includes(` ${word}`) || text.includes(`_${word}`))
  }
  return groups
    .map(({ title, members }) => ({
      title,
      steps: all.filter((definition) => members.includes(definition.group) && fits(definition) && isFound(definition)),
    }))
    .filter((group) => group.steps.length > 0)
}
