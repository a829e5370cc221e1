import { AppError } from '@millrace/shared/errors/app-error'
import type { Json } from '@millrace/shared/json'
import type {
  EnginePorts,
  HttpNodeResponse,
  LoggerPort,
  ModelRequest,
  ModelResult,
  StoredNodeResult,
} from '../../src/ports.ts'
import { MemoryEventLog } from './memory-event-log.ts'
import { TestDocuments } from './test-documents.ts'

export interface MemoryPorts extends EnginePorts {
  events: MemoryEventLog
  documents: TestDocuments
  /** Every effect that was begun, in order: `model:<message>`, `http:<url>`. */
  calls: string[]
  /** Keys under which effects ran, one per call. */
  idempotencyKeys: string[]
  /** What the log port got at `error`. */
  faults: string[]
}

export interface PortBehaviour {
  generate?: (request: ModelRequest) => Promise<ModelResult>
  respond?: (url: string, call: number) => Partial<HttpNodeResponse>
}

/** The engine's world in memory. By default a model repeats its message word by word. */
export function createMemoryPorts({ generate = repeatMessage, respond = () => ({}) }: PortBehaviour = {}): MemoryPorts {
  const calls: string[] = []
  const idempotencyKeys: string[] = []
  const faults: string[] = []
  const outputs = new Map<string, Json>()
  const results = new Map<string, StoredNodeResult>()
  return {
    calls,
    idempotencyKeys,
    faults,
    events: new MemoryEventLog(),
    documents: new TestDocuments(),
    logger: quietLogger(faults),
    outputs: {
      async put(_owner, executionId, value) {
        const ref = `${executionId}-${outputs.size}`
        const json = JSON.stringify(value)
        outputs.set(ref, value)
        return { ref, bytes: Buffer.byteLength(json), preview: json.slice(0, 500) }
      },
      async get(_owner, ref) {
        const value = outputs.get(ref)
        if (value === undefined) throw new AppError('NOT_FOUND', { ref })
        return value
      },
    },
    nodeResults: {
      find: async (executionId, nodePath) => results.get(`${executionId}\n${nodePath}`) ?? null,
      async store(executionId, nodePath, result) {
        const key = `${executionId}\n${nodePath}`
        if (!results.has(key)) results.set(key, result)
      },
    },
    models: {
      async generate(request) {
        calls.push(`model:${request.user}`)
        idempotencyKeys.push(request.idempotencyKey)
        return generate(request)
      },
    },
    http: {
      async request({ url, idempotencyKey }) {
        calls.push(`http:${url}`)
        idempotencyKeys.push(idempotencyKey)
        return { status: 200, statusText: 'OK', headers: {}, body: null, bytes: 0, ...respond(url, calls.length) }
      },
    },
    knowledge: {
      search: async (_owner, { query }) => [
        { documentId: 'd1', documentName: 'Handbook.md', text: `About ${query}.`, score: 0.9, chunkIndex: 0 },
      ],
    },
  }
}

export async function repeatMessage({ user, onText }: ModelRequest): Promise<ModelResult> {
  for (const word of user.split(/(?<= )/)) await onText(word, 1)
  return resultOf(user)
}

export function resultOf(text: string): ModelResult {
  return { text, usage: { inputTokens: 1, outputTokens: 1 }, finishReason: 'stop', firstTokenMs: 0 }
}

function quietLogger(faults: string[]): LoggerPort {
  const ignore = () => undefined
  return {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (fields, message) => faults.push(`${message} ${String(fields.error ?? '')}`),
  }
}
