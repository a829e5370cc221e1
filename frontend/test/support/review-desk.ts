import { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'

/** A drawing with a loop, a choice and texts that name other steps; fixed here, so that the shipped templates may change. */
export const deskDefinition = WorkflowDefinition.parse({
  nodes: [
    {
      id: 'start',
      type: 'start',
      name: 'Start',
      position: { x: 0, y: 120 },
      config: { fields: [{ name: 'topic', label: 'Topic', type: 'text', required: true }] },
    },
    {
      id: 'draft',
      type: 'llm',
      name: 'Draft',
      position: { x: 340, y: 120 },
      config: {
        user: 'Write a draft about {{ start.topic }}. The last draft was: {{ draft.text }} {{ approve.text }}',
      },
    },
    {
      id: 'approve',
      type: 'prompt',
      name: 'Approve the draft',
      position: { x: 680, y: 120 },
      config: {
        kind: 'choice',
        title: 'Send it?',
        body: '{{ draft.text }}',
        deadlineMs: 86_400_000,
        choices: [
          { id: 'redo', label: 'Redo', text: { label: 'What should change?', required: true, initial: '' } },
          { id: 'edit', label: 'Edit', text: { label: 'The text', required: true, initial: '{{ draft.text }}' } },
          { id: 'approve', label: 'Approve' },
        ],
      },
    },
    {
      id: 'publish',
      type: 'output',
      name: 'Publish',
      position: { x: 1060, y: 120 },
      config: { fields: [{ name: 'notice', kind: 'template', value: '{{ draft.text }}' }] },
    },
  ],
  edges: [
    { id: 'start-draft', source: 'start', target: 'draft' },
    { id: 'draft-approve', source: 'draft', target: 'approve' },
    { id: 'redo', source: 'approve', sourcePort: 'redo', target: 'draft', loop: { maxIterations: 5 } },
    { id: 'edit', source: 'approve', sourcePort: 'edit', target: 'publish' },
    { id: 'approved', source: 'approve', sourcePort: 'approve', target: 'publish' },
  ],
})
