import type { Template } from '../api/workflows.ts'

/** Stands for the workspace's sample knowledge base until a workflow is made from the template. */
export const sampleKnowledgeBasePlaceholder = 'sample'

const columns = [0, 320, 640, 960] as const

export const askMyDocuments: Template = {
  id: 'ask-my-documents',
  name: 'Ask my documents',
  description:
    'Finds the passages that fit a question and answers from them, with its sources. Comes with sample files.',
  tags: ['Knowledge base', 'Search', 'Streaming'],
  nodeCount: 4,
  sampleInput: { question: 'How do I get a refund?' },
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
          fields: [{ name: 'question', label: 'Question', type: 'textarea', required: true, maxLength: 2000 }],
        },
      },
      {
        id: 'search',
        type: 'knowledge_search',
        name: 'Find passages',
        position: { x: columns[1], y: 120 },
        config: {
          knowledgeBaseId: sampleKnowledgeBasePlaceholder,
          query: '{{ start.question }}',
          limit: 5,
          mode: 'hybrid',
          minScore: 0,
        },
      },
      {
        id: 'answer',
        type: 'llm',
        name: 'Answer',
        position: { x: columns[2], y: 120 },
        config: {
          provider: 'demo',
          model: 'demo-writer',
          system:
            'Answer from the sources alone and name them by their numbers. Say so when they do not hold the answer.',
          user: [
            'Question: {{ start.question }}',
            '',
            'Sources:',
            // One line per source, beginning with its number: line breaks inside a passage would hide where the next begins.
            '{% for item in search.items %}[{{ forloop.index }}] {{ item.documentName }}: {{ item.text | normalize_whitespace }}',
            '{% endfor %}',
          ].join('\n'),
          temperature: 0.2,
          maxTokens: 400,
          demo: { tokensPerSecond: 34, stallMs: 0, failAttempts: 0 },
        },
      },
      {
        id: 'result',
        type: 'output',
        name: 'Result',
        position: { x: columns[3], y: 120 },
        config: {
          fields: [
            { name: 'answer', kind: 'template', value: '{{ answer.text }}' },
            {
              name: 'sources',
              kind: 'cel',
              value: 'search.items.map(item, {"document": item.documentName, "score": item.score})',
            },
          ],
        },
      },
    ],
    edges: [
      { id: 'start-search', source: 'start', sourcePort: 'out', target: 'search' },
      { id: 'search-answer', source: 'search', sourcePort: 'out', target: 'answer' },
      { id: 'answer-result', source: 'answer', sourcePort: 'out', target: 'result' },
    ],
  },
}
