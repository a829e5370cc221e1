import { Worker } from 'node:worker_threads'
import { AppError } from '@millrace/shared/errors/app-error'
import type { StageControl } from '@millrace/temporal/ports'
import type { DocumentSection } from '../../repositories/schema/knowledge.ts'
import type { DocumentKind } from '../document-kinds.ts'
import { type ExtractionLimits, extractionLimits } from './extraction-limits.ts'
import type { ExtractionReply, ExtractionTask } from './extraction-thread.ts'

/**
 * Reads a stored file in a thread of its own, with limits on time and memory. Throws AppError DOCUMENT_UNREADABLE,
 * DOCUMENT_EMPTY, or the signal's reason.
 */
export async function extractFile(
  file: { path: string; kind: DocumentKind },
  control: StageControl,
  limits: ExtractionLimits = extractionLimits,
): Promise<DocumentSection[]> {
  control.signal.throwIfAborted()
  const thread = new Worker(new URL('./extraction-thread.ts', import.meta.url), {
    workerData: { ...file, limits } satisfies ExtractionTask,
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytesMax, maxYoungGenerationSizeMb: 64 },
    // Parsers write warnings to the console; a document is not worth a line in our log.
    stdout: true,
    stderr: true,
  })
  thread.stdout.resume()
  thread.stderr.resume()
  try {
    const sections = await outcomeOf(thread, control, limits.timeoutMs)
    if (sections.length === 0) throw new AppError('DOCUMENT_EMPTY')
    return sections
  } finally {
    await thread.terminate()
  }
}

function outcomeOf(thread: Worker, control: StageControl, timeoutMs: number): Promise<DocumentSection[]> {
  return new Promise((resolve, reject) => {
    const unreadable = (message: string) => reject(new AppError('DOCUMENT_UNREADABLE', undefined, { message }))
    const timer = setTimeout(() => unreadable('The file took too long to read.'), timeoutMs)
    const handleAbort = () => reject(control.signal.reason)
    control.signal.addEventListener('abort', handleAbort, { once: true })
    // Only the newest progress is told: reading does not wait for the log.
    let telling: Promise<void> | null = null
    let hasAnswered = false
    thread.on('message', (reply: ExtractionReply) => {
      if (reply.type === 'progress') {
        telling ??= control.onProgress(reply.completed, reply.total).then(() => {
          telling = null
        }, reject)
        return
      }
      hasAnswered = true
      clearTimeout(timer)
      control.signal.removeEventListener('abort', handleAbort)
      if (reply.type === 'failed') return unreadable(reply.reason)
      void Promise.resolve(telling).then(() => resolve(reply.sections))
    })
    thread.on('error', (error: NodeJS.ErrnoException) => {
      unreadable(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? 'The file needs too much memory to read.'
          : 'The file could not be read.',
      )
    })
    // The exit may come in the same turn as the answer, or while the last progress is still being told.
    thread.on('exit', () => {
      clearTimeout(timer)
      control.signal.removeEventListener('abort', handleAbort)
      if (!hasAnswered) unreadable('The file could not be read.')
    })
  })
}
