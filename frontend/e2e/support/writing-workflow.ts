import { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'

export interface WritingOptions {
  /** Length of what the demo model writes. */
  tokens: number
  tokensPerSecond: number
}

/** Start, one step that writes, and an output that holds the text. */
export function writingWorkflow({ tokens, tokensPerSecond }: WritingOptions): WorkflowDefinition {
  return WorkflowDefinition.parse({
    nodes: [
      { id: 'start', type: 'start', name: 'Start', position: { x: 0, y: 120 }, config: {} },
      {
        id: 'draft',
        type: 'llm',
        name: 'Draft',
        position: { x: 340, y: 120 },
        config: {
          user: 'Topic: the spring price list\nAudience: all customers',
          maxTokens: tokens + 1000,
          demo: { tokens, tokensPerSecond },
        },
      },
      {
        id: 'publish',
        type: 'output',
        name: 'Publish',
        position: { x: 680, y: 120 },
        config: { fields: [{ name: 'notice', kind: 'template', value: '{{ draft.text }}' }] },
      },
    ],
    edges: [
      { id: 'start-draft', source: 'start', target: 'draft' },
      { id: 'draft-publish', source: 'draft', target: 'publish' },
    ],
  })
}
