import { readFile } from 'node:fs/promises'
import { parentPort, workerData } from 'node:worker_threads'
import type { DocumentSection } from '../../repositories/schema/knowledge.ts'
import type { DocumentKind } from '../document-kinds.ts'
import { extractSections } from './extract-sections.ts'
import type { ExtractionLimits } from './extraction-limits.ts'

/** Entry of the thread that reads one document and ends. */

export interface ExtractionTask {
  path: string
  kind: DocumentKind
  limits: ExtractionLimits
}

export type ExtractionReply =
  | { type: 'progress'; completed: number; total: number }
  | { type: 'sections'; sections: DocumentSection[] }
  /** `reason` may be shown to people. */
  | { type: 'failed'; reason: string }

const progressIntervalMs = 100

const task = workerData as ExtractionTask
const reply = (message: ExtractionReply) => parentPort?.postMessage(message)

try {
  const bytes = await readFile(task.path)
  let lastProgressAt = 0
  const sections = await extractSections(task.kind, bytes, {
    limits: task.limits,
    onProgress(completed, total) {
      const now = performance.now()
      if (completed < total && now - lastProgressAt < progressIntervalMs) return
      lastProgressAt = now
      reply({ type: 'progress', completed, total })
    },
  })
  reply({ type: 'sections', sections })
} catch (error) {
  reply({ type: 'failed', reason: reasonOf(error) })
}

/** Sentences of our own pass; what a parser says is named by its kind only. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'The file could not be read.'
  if (error.name === 'PasswordException') return 'The file is protected with a password.'
  if (error instanceof RangeError) return 'The file is nested too deeply.'
  return error.message.startsWith('The file ') ? error.message : 'The file is damaged or not what its name says.'
}
