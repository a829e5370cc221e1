import type { ApiKey, User } from '@millrace/shared/api/auth'
import type { Credential } from '@millrace/shared/api/credentials'
import type { Execution, ExecutionSummary } from '@millrace/shared/api/executions'
import type { Hook } from '@millrace/shared/api/hooks'
import type { KnowledgeBase, KnowledgeDocument, SearchHit } from '@millrace/shared/api/knowledge'
import type { Notification as Notice } from '@millrace/shared/api/notifications'
import type { Prompt } from '@millrace/shared/api/prompts'
import type { Template, Workflow } from '@millrace/shared/api/workflows'
import type { Invitation, InvitationPreview, Member } from '@millrace/shared/api/workspaces'
import type { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const now = Date.now()

export const user: User = { id: 'user-1', email: 'ada@example.com', name: 'Ada Winter' }

export const members: Member[] = [
  { userId: 'user-1', name: 'Ada Winter', email: 'ada@example.com', role: 'owner', joinedAt: now - 90 * day },
  { userId: 'user-2', name: 'Kim Larch', email: 'kim@example.com', role: 'editor', joinedAt: now - 12 * day },
  { userId: 'user-3', name: 'Robin Ash', email: 'robin@example.com', role: 'viewer', joinedAt: now - 3 * hour },
]

export const notices: Notice[] = [
  {
    seq: 5,
    timestamp: now - 2 * minute,
    level: 'warning',
    category: 'question',
    title: 'Review desk waits for an answer',
    message: 'Send this notice to all customers?',
    actions: [{ label: 'Open the run', path: '/executions/run-1' }],
  },
  {
    seq: 4,
    timestamp: now - 40 * minute,
    level: 'error',
    category: 'execution',
    title: 'Nightly prices failed',
    message: 'The answer has a status that counts as a failure. prices.example.com answered 503 after 5 attempts.',
    actions: [{ label: 'Open the run', path: '/executions/run-2' }],
  },
  {
    seq: 3,
    timestamp: now - 5 * hour,
    level: 'info',
    category: 'announcement',
    title: 'The price list is new',
    message: 'Look at it before noon.',
    actions: [
      { label: 'Open the list', path: '/knowledge' },
      { label: 'See the runs', path: '/executions' },
    ],
  },
  {
    seq: 2,
    timestamp: now - 2 * day,
    level: 'success',
    category: 'announcement',
    title: 'The move to the new harbour is done',
    message: '',
  },
]

export const hooks: Hook[] = [
  {
    id: 'hook-1',
    workflowId: null,
    url: 'https://example.org/millrace',
    eventTypes: ['execution:completed', 'execution:failed'],
    isActive: true,
    createdAt: now - 9 * day,
  },
]

export const invitations: Invitation[] = [
  { id: 'i-1', role: 'operator', createdByName: 'Ada Winter', createdAt: now - hour, expiresAt: now + 23 * hour },
]

export const invitationPreview: InvitationPreview = {
  workspaceName: 'Workshop',
  role: 'editor',
  createdByName: 'Ada Winter',
  expiresAt: now + 6 * day,
}

const reviewDesk: WorkflowDefinition = {
  format: 'millrace.workflow',
  formatVersion: 1,
  nodes: [
    { id: 'start', type: 'start', name: 'Start', position: { x: 0, y: 160 }, config: {} },
    { id: 'draft', type: 'llm', name: 'Draft', position: { x: 360, y: 40 }, config: {} },
    { id: 'approve', type: 'prompt', name: 'Approve the draft', position: { x: 720, y: 40 }, config: {} },
    { id: 'prices', type: 'http', name: 'Fetch prices', position: { x: 540, y: 300 }, config: {} },
    { id: 'publish', type: 'output', name: 'Publish', position: { x: 1080, y: 170 }, config: {} },
  ],
  edges: [
    { id: 'e1', source: 'start', sourcePort: 'out', target: 'draft' },
    { id: 'e2', source: 'draft', sourcePort: 'out', target: 'approve' },
    { id: 'e3', source: 'approve', sourcePort: 'approve', target: 'publish' },
    { id: 'e4', source: 'approve', sourcePort: 'redo', target: 'draft', loop: { maxIterations: 5 } },
    { id: 'e5', source: 'start', sourcePort: 'out', target: 'prices' },
    { id: 'e6', source: 'prices', sourcePort: 'out', target: 'publish' },
  ],
}

type WorkflowFacts = [id: string, name: string, description: string, version: number]

function workflow([id, name, description, version]: WorkflowFacts, more: Partial<Workflow> = {}): Workflow {
  return {
    id,
    name,
    description,
    version,
    nodeCount: 5,
    createdAt: now - 20 * day,
    updatedAt: now - version * 37 * minute,
    definition: reviewDesk,
    problems: [],
    ...more,
  }
}

export const workflows: Workflow[] = [
  workflow(['wf-1', 'Review desk', 'Drafts a notice, asks before anything is published', 1], {
    templateId: 'review-desk',
    lastExecution: { executionId: 'run-1', status: 'waiting', createdAt: now - 4 * minute },
  }),
  workflow(['wf-2', 'Refund desk', 'Looks up the order, assesses the complaint, asks above 1,000 €', 12], {
    lastExecution: { executionId: 'run-2', status: 'running', createdAt: now - 20_000 },
  }),
  workflow(['wf-3', 'Stock report', 'Every morning at six', 4], {
    lastExecution: { executionId: 'run-3', status: 'completed', createdAt: now - 5 * hour },
  }),
  workflow(['wf-4', 'Spending guard', '', 2], {
    lastExecution: { executionId: 'run-4', status: 'failed', createdAt: now - 26 * hour },
  }),
  workflow(['wf-5', 'Handbook upkeep', 'Finds passages that contradict each other', 9]),
]

function template(id: string, name: string, description: string, tags: string[]): Template {
  return { id, name, description, tags, nodeCount: 5, definition: reviewDesk, sampleInput: {} }
}

export const templates: Template[] = [
  template(
    'review-desk',
    'Review desk',
    'A model drafts, a person approves, edits or sends it back, and only then it is published.',
    ['streams', 'asks', 'loops'],
  ),
  template(
    'ask-the-handbook',
    'Ask the handbook',
    'Searches a knowledge base and answers from the passages it finds.',
    ['knowledge', 'streams'],
  ),
  template('first-steps', 'First steps', 'The smallest workflow that does something.', ['start here']),
]

type ExecutionFacts = [id: string, name: string, status: ExecutionSummary['status'], ageMs: number]

function execution([id, name, status, ageMs]: ExecutionFacts, more: Partial<ExecutionSummary> = {}): ExecutionSummary {
  const createdAt = now - ageMs
  return {
    executionId: id,
    workflowId: 'wf-1',
    workflowName: name,
    workflowVersion: 7,
    status,
    totalNodes: 7,
    completedNodes: status === 'completed' ? 7 : 4,
    startedByName: 'Ada Winter',
    createdAt,
    startedAt: createdAt,
    ...more,
  }
}

export const executions: ExecutionSummary[] = [
  execution(['run-2-01ffa8c2', 'Refund desk', 'running', 20_000], { completedNodes: 2 }),
  execution(['run-1-5512c9e0', 'Review desk', 'waiting', 4 * minute]),
  execution(['run-5-77aa0b14', 'Review desk', 'queued', 2000], { completedNodes: 0 }),
  execution(['run-6-90ab1277', 'Review desk', 'failed', 31 * minute], {
    error: { code: 'HTTP_STATUS', message: 'Fetch prices: 503 after 5 attempts' },
    failedNodeId: 'prices',
    finishedAt: now - 30 * minute,
    duration: 41_000,
  }),
  execution(['run-3-aa81b2f3', 'Stock report', 'completed', 5 * hour], {
    finishedAt: now - 5 * hour + 72_000,
    duration: 72_000,
  }),
  execution(['run-8-bb12cd34', 'Handbook upkeep', 'cancelled', 9 * hour], {
    finishedAt: now - 9 * hour,
    duration: 12_400,
  }),
  ...Array.from({ length: 12 }, (_, index) =>
    execution([`run-old-${index}`, index % 2 === 0 ? 'Stock report' : 'Review desk', 'completed', (index + 1) * day], {
      finishedAt: now - (index + 1) * day + 9000,
      duration: 9000 + index * 1700,
    }),
  ),
]

type NodeFacts = [nodeName: string, nodeType: string, status: Execution['nodes'][string]['status'], from?: number]

export function executionDetail(id: string): Execution {
  const summary = executions.find((item) => item.executionId === id) ?? executions[1]
  if (summary === undefined) throw new Error('there is no execution')
  const at = summary.createdAt
  const node = ([nodeName, nodeType, status, from]: NodeFacts, duration?: number) => ({
    status,
    attempt: 1,
    iteration: 1,
    nodeName,
    nodeType,
    ...(from === undefined ? {} : { startedAt: at + from }),
    ...(duration === undefined ? {} : { duration }),
  })
  return {
    ...summary,
    input: { topic: 'spring price changes' },
    seq: 120,
    nodes: {
      start: node(['Complaint', 'start', 'completed', 0], 100),
      lookup: node(['Look up the order', 'http', 'completed', 200], 1400),
      assess: node(['Assess', 'llm', 'completed', 1700], 9800),
      approve: node(['Decide the refund', 'prompt', 'waiting', 11_600]),
      publish: node(['Pay out', 'output', 'pending']),
    },
  }
}

const caseBody = `### The case

| | |
| --- | --- |
| Order | 10482 · 3 November · 32 m² oak flooring |
| Complaint | Boards warped in two of eleven packs |
| Paid | 6,820 € by transfer |
| Returned | Two packs, received 19 November |

### What the model suggests

Refund both packs in full. The photos show cupping along the **whole length**, which points to the boards and not to the laying. The moisture reading of the delivery (11.4 %) is above the 9 % that the product sheet promises.`

type PromptFacts = [id: string, question: string, workflowName: string, nodeName: string]

function prompt([id, question, workflowName, nodeName]: PromptFacts, more: Partial<Prompt> = {}): Prompt {
  return {
    requestId: id,
    executionId: 'run-1-5512c9e0',
    workflowId: 'wf-1',
    workflowName,
    nodeId: 'approve',
    nodeName,
    iteration: 1,
    status: 'open',
    prompt: question,
    inputType: 'approval',
    validation: {},
    requestedAt: now - 22 * minute,
    ...more,
  }
}

export const prompts: Prompt[] = [
  prompt(['q-1', 'Refund 1,240 € for order 10482?', 'Refund desk', 'Decide the refund'], {
    body: caseBody,
    inputType: 'choice',
    deadline: now + 38 * minute,
    choices: [
      { id: 'refund', label: 'Refund 1,240 €', help: 'both packs in full' },
      { id: 'other', label: 'Refund another amount', text: { label: 'The sum', required: true, initial: '' } },
      { id: 'decline', label: 'Decline', text: { label: 'Reason', required: false, initial: 'We are sorry, but ' } },
    ],
  }),
  prompt(['q-2', 'Send this notice to customers?', 'Review desk', 'Approve the draft'], {
    deadline: now + 3 * hour,
    body: '**Spring catalogue: what changes on 1 March**\n\nHello,\n\nFrom 1 March the price of oak flooring rises by 3 %. Pine and larch stay as they are.',
  }),
  prompt(['q-3', 'Complete the record of Linden Joinery', 'Customer data', 'Complete the record'], {
    inputType: 'form',
    deadline: now + 28 * hour,
    fields: [
      { name: 'street', label: 'Street', type: 'text', required: true },
      { name: 'size', label: 'Size', type: 'select', required: false, options: ['small', 'medium', 'large'] },
      { name: 'active', label: 'Still a customer', type: 'boolean', required: false, default: true },
    ],
  }),
  prompt(['q-4', 'What should the November report be called?', 'Stock report', 'Name it'], {
    inputType: 'text',
    deadline: now + 4 * day,
  }),
  prompt(['q-5', 'Raise the limit of the tool budget?', 'Spending guard', 'Decide the limit']),
  prompt(['q-6', 'Publish the October stock report?', 'Stock report', 'Sign off'], {
    status: 'answered',
    response: { choice: 'approve' },
    answeredBy: { userId: 'user-2', name: 'Kim' },
    answeredAt: now - 2 * hour,
  }),
]

export const knowledgeBases: KnowledgeBase[] = [
  {
    id: 'kb-1',
    name: 'Product handbook',
    description: 'Laying, care, returns',
    embeddingModel: 'local-hash-384',
    documentCount: 9,
    chunkCount: 3912,
    createdAt: now - 3 * day,
  },
  {
    id: 'kb-2',
    name: 'Contracts',
    description: '',
    embeddingModel: 'local-hash-384',
    documentCount: 3,
    chunkCount: 204,
    createdAt: now - 40 * day,
  },
]

type DocumentFacts = [id: string, name: string, bytes: number, status: KnowledgeDocument['status']]

function document([id, name, bytes, status]: DocumentFacts, more: Partial<KnowledgeDocument> = {}): KnowledgeDocument {
  return {
    documentId: id,
    knowledgeBaseId: 'kb-1',
    name,
    mediaType: 'text/plain',
    bytes,
    status,
    stage: 'indexing',
    completed: 0,
    total: 0,
    percentage: status === 'completed' ? 100 : 40,
    createdAt: now - 3 * day,
    ...more,
  }
}

export const documents: KnowledgeDocument[] = [
  document(['d-1', 'Laying guide oak 2026.pdf', 18_200_000, 'processing'], {
    stage: 'embedding',
    completed: 105,
    total: 148,
    percentage: 68,
  }),
  document(['d-2', 'Moisture and storage.docx', 1_100_000, 'processing'], {
    stage: 'indexing',
    completed: 12,
    total: 41,
    percentage: 90,
  }),
  document(['d-3', 'Warranty terms.pdf', 2_400_000, 'processing'], {
    stage: 'extracting',
    completed: 5,
    total: 22,
    percentage: 6,
  }),
  document(['d-4', 'Larch and pine, care.md', 12_000, 'queued'], { stage: 'queued', percentage: 0 }),
  document(['d-5', 'Showroom photos.pdf', 9_600_000, 'failed'], {
    stage: 'extracting',
    completed: 3,
    total: 9,
    error: {
      code: 'DOCUMENT_EMPTY',
      message: 'The file has no text in it: its pages are scans. Add a version with text.',
    },
  }),
  ...[
    'Product sheet oak, brushed.pdf',
    'Product sheet larch.pdf',
    'Returns and complaints.md',
    'Delivery terms 2026.pdf',
    'Oils and cleaners.md',
  ].map((name, index) =>
    document([`d-1${index}`, name, 22_000 * (index + 1) ** 2, 'completed'], { chunkCount: 86 - index * 13 }),
  ),
]

export const hits: SearchHit[] = [
  {
    documentId: 'd-2',
    documentName: 'Moisture and storage.docx',
    chunkIndex: 2,
    score: 0.91,
    text: 'Boards must hold between 7 and 9 % moisture when they are laid. Measure three boards of each pack before you begin.',
  },
  {
    documentId: 'd-1',
    documentName: 'Laying guide oak 2026.pdf',
    chunkIndex: 10,
    score: 0.86,
    text: 'Keep the closed packs in the room for at least 48 hours at 18 to 22 °C. The subfloor may hold 2 % at most.',
  },
  {
    documentId: 'd-10',
    documentName: 'Product sheet oak, brushed.pdf',
    chunkIndex: 1,
    score: 0.74,
    text: 'Kiln-dried to 8 % ± 1 %. The value is measured again before the packs are closed.',
  },
]

export const apiKeys: ApiKey[] = [
  {
    id: 'k-1',
    name: 'Nightly report',
    prefix: 'mr_8f31',
    scopes: ['read', 'run'],
    createdAt: now - 9 * day,
    lastUsedAt: now - 6 * hour,
  },
]

export const credentials: Credential[] = [
  { id: 'c-1', name: 'Team account', provider: 'anthropic', hint: { apiKey: '…9f2c' }, createdAt: now - 9 * day },
]
