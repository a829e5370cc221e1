import type { Template } from '../api/workflows.ts'

const draftPrompt = `Write a notice about {{ start.topic }}{% if start.audience %} for {{ start.audience }}{% endif %}. Keep the tone {{ start.tone }}. At most 150 words.
{%- if approve.choice == 'redo' %}

The last draft was:
{{ draft.text }}

Write it again and take this to heart: {{ approve.text }}
{%- endif %}`

/** Draft, ask, and draw the draft again with feedback: streaming, a question and a loop in one minute. */
export const reviewDesk: Template = {
  id: 'review-desk',
  name: 'Review desk',
  description: 'A model drafts a notice, you approve it, edit it or send it back with feedback.',
  tags: ['streaming', 'approval', 'loop'],
  nodeCount: 4,
  sampleInput: {
    topic: 'the new prices for oak flooring from 1 March',
    audience: 'customers with an open order',
    tone: 'friendly',
  },
  definition: {
    format: 'millrace.workflow',
    formatVersion: 1,
    nodes: [
      {
        id: 'start',
        type: 'start',
        name: 'Start',
        position: { x: 0, y: 120 },
        config: {
          fields: [
            { name: 'topic', label: 'What is the notice about?', type: 'text', required: true },
            { name: 'audience', label: 'Who reads it?', type: 'text', required: false },
            {
              name: 'tone',
              label: 'Tone',
              type: 'select',
              options: ['friendly', 'formal', 'brief'],
              default: 'friendly',
              required: false,
            },
          ],
        },
      },
      {
        id: 'draft',
        type: 'llm',
        name: 'Draft',
        position: { x: 340, y: 120 },
        config: {
          provider: 'demo',
          model: 'demo-writer',
          system: 'You write short, plain notices to customers. No exclamation marks.',
          user: draftPrompt,
          temperature: 0.7,
          maxTokens: 400,
          demo: { tokensPerSecond: 34 },
        },
      },
      {
        id: 'approve',
        type: 'prompt',
        name: 'Approve the draft',
        position: { x: 680, y: 120 },
        config: {
          kind: 'choice',
          title: 'Send this notice to customers?',
          body: '{{ draft.text }}',
          choices: [
            {
              id: 'redo',
              label: 'Redo',
              help: 'Say what is missing; the draft is written again',
              text: { label: 'What should be different?', required: true, initial: '' },
            },
            {
              id: 'edit',
              label: 'Edit',
              help: 'Change the text, then publish',
              text: { label: 'The notice', required: true, initial: '{{ draft.text }}' },
            },
            { id: 'approve', label: 'Approve', help: 'Publish it as it is' },
          ],
          deadlineMs: 86_400_000,
        },
      },
      {
        id: 'publish',
        type: 'output',
        name: 'Publish',
        position: { x: 1060, y: 120 },
        config: {
          fields: [
            {
              name: 'notice',
              kind: 'template',
              value: "{% if approve.choice == 'edit' %}{{ approve.text }}{% else %}{{ draft.text }}{% endif %}",
            },
            { name: 'decision', kind: 'template', value: '{{ approve.choice }}' },
            { name: 'decided_by', kind: 'template', value: '{{ approve.answered_by }}' },
          ],
        },
      },
    ],
    edges: [
      { id: 'start-draft', source: 'start', sourcePort: 'out', target: 'draft' },
      { id: 'draft-approve', source: 'draft', sourcePort: 'out', target: 'approve' },
      { id: 'redo', source: 'approve', sourcePort: 'redo', target: 'draft', loop: { maxIterations: 5 } },
      { id: 'edit', source: 'approve', sourcePort: 'edit', target: 'publish' },
      { id: 'approved', source: 'approve', sourcePort: 'approve', target: 'publish' },
    ],
  },
}
