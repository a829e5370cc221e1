import { KnowledgeDocument } from '@millrace/shared/api/knowledge'
import { createApiClient } from './api-client.ts'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-codes.ts'
import { listAll } from './find-by-name.ts'
import type { Host } from './host.ts'
import {
  applyDocumentEvent,
  applyDocumentRow,
  type DocumentEvent,
  type DocumentNews,
  type DocumentProgress,
  documentBars,
} from './output/document-progress.ts'
import { Screen } from './output/screen.ts'
import { styleFor } from './output/style.ts'
import { printJson } from './print.ts'
import type { Server } from './server.ts'
import { openSocket, whyStopped } from './watch-execution.ts'

/** What a knowledge base holds at most. */
const documentsMax = 10_000
/** Bars at once: the rest of the screen belongs to what was told. */
const barsMax = 8

interface Watched {
  knowledgeBaseId: string
  documents: KnowledgeDocument[]
  isJson: boolean
}

/**
 * Follows documents until each can be found or has failed, through reconnects. Returns 0, or 1 when one failed or was
 * deleted, or 130 after Ctrl-C. Throws CliError when the server refuses.
 */
export async function watchDocuments(host: Host, server: Server, watched: Watched): Promise<number> {
  const { knowledgeBaseId, documents, isJson } = watched
  const client = openSocket(server)
  const style = styleFor(host.stdout, host.env)
  const screen = new Screen(host.stdout, host.stdout.isTTY === true && !isJson)
  const progress = new Map<string, DocumentProgress>(
    documents.map(({ documentId, name, stage, percentage }) => [
      documentId,
      { name, stage, percentage, outcome: null },
    ]),
  )
  let leave = () => {}
  try {
    return await new Promise<number>((resolve, reject) => {
      const take = (documentId: string, { progress: next, line }: DocumentNews, source: object) => {
        progress.set(documentId, next)
        if (isJson) printJson(host, [source])
        else if (line !== null) screen.line(line)
        screen.setStatus(documentBars(progress.values(), barsMax))
        const outcomes = [...progress.values()].map(({ outcome }) => outcome)
        if (outcomes.includes(null)) return
        resolve(outcomes.every((outcome) => outcome === 'completed') ? exitCodes.done : exitCodes.failed)
      }
      const readList = async () => {
        const path = `/api/knowledge-bases/${encodeURIComponent(knowledgeBaseId)}/documents`
        const api = createApiClient(server.url, server.apiKey)
        for (const row of await listAll(api, { path, item: KnowledgeDocument, max: documentsMax })) {
          const before = progress.get(row.documentId)
          if (before?.outcome === null) take(row.documentId, applyDocumentRow(before, row, style), row)
        }
      }
      leave = host.onInterrupt(() => {
        screen.setStatus([])
        host.stderr.write('Detached; the files are processed all the same.\n')
        resolve(exitCodes.interrupted)
      })
      client.onState((state) => {
        const failure = whyStopped(state)
        if (failure !== null) reject(failure)
      })
      client.followChannel(`kb:${knowledgeBaseId}`, {
        onEvent: (event) => {
          if (!('documentId' in event)) return
          const before = progress.get(event.documentId)
          if (before !== undefined) {
            take(event.documentId, applyDocumentEvent(before, event as DocumentEvent, style), event)
          }
        },
        // The tail is live from here on: with the list, nothing from before is missed.
        onLive: () => {
          readList().catch(reject)
        },
        onError: ({ code, message }) => reject(new CliError(code, message)),
      })
      client.connect()
    })
  } finally {
    screen.setStatus([])
    leave()
    client.close()
  }
}
