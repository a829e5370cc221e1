import type { Template } from '../api/workflows.ts'

/** Columns and rows of the drawing, in pixels; a card is 248 wide. */
const columns = [0, 300, 620, 960] as const

export const reviewDesk: Template = {
  id: 'review-desk',
  name: 'Review desk',
  description: 'A model drafts a notice, then you approve it, edit it or have it written again. Needs no key.',
  tags: ['Streaming', 'Approval', 'Redo loop'],
  nodeCount: 4,
  sampleInput: { topic: 'The canteen opens an hour earlier from Monday', audience: 'all staff', tone: 'friendly' },
  definition: {
    format: 'millrace.workflow',
    formatVersion: 1,
    nodes: [
      {
        id: 'start',
        type: 'start',
        name: 'Start',
        position: { x: columns[0], y: 120 },
        config: {
          fields: [
            { name: 'topic', label: 'What is it about?', type: 'text', required: true, maxLength: 500 },
            {
              name: 'audience',
              label: 'Who reads it?',
              type: 'text',
              required: false,
              default: 'everyone',
              maxLength: 200,
            },
            {
              name: 'tone',
              label: 'Tone',
              type: 'select',
              required: false,
              options: ['friendly', 'formal', 'brief'],
              default: 'friendly',
            },
          ],
        },
      },
      {
        id: 'draft',
        type: 'llm',
        name: 'Draft',
        position: { x: columns[1], y: 120 },
        config: {
          provider: 'demo',
          model: 'demo-writer',
          system:
            'You write notices for a notice board: clear, kind and short. Answer with the notice alone, in Markdown.',
          user: [
            'Write a {{ start.tone }} notice for {{ start.audience }}.',
            'Topic: {{ start.topic }}',
            '{% if approve.text %}',
            'This was the last draft:',
            '{{ draft.text }}',
            '',
            'Write it anew and heed this feedback: {{ approve.text }}',
            '{% endif %}',
          ].join('\n'),
          temperature: 0.7,
          maxTokens: 400,
          // About ten seconds of text at the demo's pace: long enough to watch, short enough to wait for.
          demo: { tokensPerSecond: 34, tokens: 330, stallMs: 0, failAttempts: 0 },
        },
      },
      {
        id: 'approve',
        type: 'prompt',
        name: 'Approve the draft',
        position: { x: columns[2], y: 120 },
        config: {
          kind: 'choice',
          title: 'Shall this notice go out?',
          body: '{{ draft.text }}',
          choices: [
            {
              id: 'redo',
              label: 'Redo',
              help: 'The model writes it again',
              text: { label: 'What should be better?', required: true, initial: '' },
            },
            {
              id: 'edit',
              label: 'Edit',
              help: 'Publish your own wording',
              text: { label: 'The notice', required: true, initial: '{{ draft.text }}' },
            },
            { id: 'approve', label: 'Approve', help: 'Publish it as it stands' },
          ],
          deadlineMs: 24 * 60 * 60 * 1000,
        },
      },
      {
        id: 'publish',
        type: 'output',
        name: 'Publish',
        position: { x: columns[3], y: 120 },
        config: {
          fields: [
            { name: 'notice', kind: 'cel', value: 'approve.choice == "edit" ? approve.text : draft.text' },
            { name: 'decision', kind: 'template', value: '{{ approve.choice }}' },
          ],
        },
      },
    ],
    edges: [
      { id: 'start-draft', source: 'start', sourcePort: 'out', target: 'draft' },
      { id: 'draft-approve', source: 'draft', sourcePort: 'out', target: 'approve' },
      { id: 'redo', source: 'approve', sourcePort: 'redo', target: 'draft', loop: { maxIterations: 5 } },
      { id: 'edit-publish', source: 'approve', sourcePort: 'edit', target: 'publish' },
      { id: 'approve-publish', source: 'approve', sourcePort: 'approve', target: 'publish' },
    ],
  },
}
