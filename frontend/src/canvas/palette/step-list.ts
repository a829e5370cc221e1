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

/** How well a row fits a search: its name before its type, group and description; beginnings of words only. 0: not at all. */
export function rankStep(_value: string, search: string, keywords: string[] = []): number {
  const wanted = search.trim().toLowerCase()
  const at = keywords.findIndex((word) => ` ${word.toLowerCase().replaceAll('_', ' ')}`.includes(` ${wanted}`))
  if (at < 0) return 0
  return (keywords[at]?.toLowerCase().startsWith(wanted) === true ? 1 : 0.9) / (at + 1)
}
