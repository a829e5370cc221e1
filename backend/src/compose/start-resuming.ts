import type { KnowledgeServices } from '../knowledge/knowledge-services.ts'
import { resumeIngestions } from '../knowledge/start-ingestions.ts'
import type { Closers } from './closers.ts'

/** Takes up the documents that an earlier process left unfinished, beside the rest of the start. */
export function startResuming(knowledge: KnowledgeServices, closers: Closers): void {
  const resuming = resumeIngestions(knowledge).then(
    () => undefined,
    (err: unknown) => knowledge.logger.warn({ err }, 'unfinished documents could not be taken up'),
  )
  closers.push('resuming of documents', () => resuming)
}
