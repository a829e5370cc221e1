import type { Template } from '../api/workflows.ts'

/** Stands for the workspace's sample knowledge base until a workflow is made from the template. */
export const sampleKnowledgeBasePlaceholder = 'sample'

/** Search and answer with sources; useful without a key, for the demo model answers from the passages found. */
export const askMyDocuments: Template = {
  id: 'ask-my-documents',
  name: 'Ask my documents',
  description: 'Finds passages in your documents and answers with their sources.',
  tags: ['knowledge', 'search', 'streaming'],
  nodeCount: 4,
  sampleInput: { question: 'How long does the delivery of oak flooring take?' },
  definition: {
    format: 'millrace.workflow',
    formatVersion: 1,
    nodes: [
      {
        id: 'start',
        type: 'start',
        name: 'Start',
        position: { x: 0, y: 120 },
        config: { fields: [{ name: 'question', label: 'Your question', type: 'textarea', required: true }] },
      },
      {
        id: 'search',
        type: 'knowledge_search',
        name: 'Search the documents',
        position: { x: 340, y: 120 },
        config: {
          knowledgeBaseId: sampleKnowledgeBasePlaceholder,
          query: '{{ start.question }}',
          limit: 5,
          mode: 'hybrid',
        },
      },
      {
        id: 'answer',
        type: 'llm',
        name: 'Answer',
        position: { x: 680, y: 120 },
        config: {
          provider: 'demo',
          model: 'demo-extract',
          system: 'Answer from the numbered sources only and cite them like [1]. Say so when they hold no answer.',
          user: 'Question: {{ start.question }}\n\nSources:\n{{ search.text }}',
          temperature: 0,
          maxTokens: 400,
          demo: { tokensPerSecond: 40 },
        },
      },
      {
        id: 'result',
        type: 'output',
        name: 'Result',
        position: { x: 1020, y: 120 },
        config: {
          fields: [
            { name: 'answer', kind: 'template', value: '{{ answer.text }}' },
            { name: 'sources', kind: 'cel', value: 'search.items' },
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
