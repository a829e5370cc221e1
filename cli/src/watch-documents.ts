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
  documentGone,
} from './output/document-progress.ts'
import { Screen } from './output/screen.ts'
import { styleFor } from './output/style.ts'
import { printJson } from './print.ts'
import { createRetriedRead } from './retried-read.ts'
import type { Server } from './server.ts'
import { tellConnection } from './tell-connection.ts'
import { openSocket } from './watch-execution.ts'

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
  let stopReading = () => {}
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
        const rows = await listAll(api, { path, item: KnowledgeDocument, max: documentsMax })
        for (const row of rows) {
          const before = progress.get(row.documentId)
          if (before?.outcome === null) take(row.documentId, applyDocumentRow(before, row, style), row)
        }
        const listed = new Set(rows.map(({ documentId }) => documentId))
        for (const [documentId, before] of progress) {
          // It was there after its upload: who is not in the list was deleted, maybe before anybody listened.
          if (listed.has(documentId) || before.outcome !== null) continue
          const gone = { documentId, knowledgeBaseId, name: before.name, status: 'deleted' }
          take(documentId, documentGone(before, style), gone)
        }
      }
      const list = createRetriedRead(readList, reject)
      stopReading = list.stop
      leave = host.onInterrupt(() => {
        screen.setStatus([])
        host.stderr.write('Detached; the files are processed all the same.\n')
        resolve(exitCodes.interrupted)
      })
      const note = (text: string) => {
        if (isJson) host.stderr.write(`${text}\n`)
        else screen.line(style.dim(text))
      }
      tellConnection(client, { note, fail: reject })
      client.followChannel(`kb:${knowledgeBaseId}`, {
        onEvent: (event) => {
          if (!('documentId' in event)) return
          const before = progress.get(event.documentId)
          if (before !== undefined) {
            take(event.documentId, applyDocumentEvent(before, event as DocumentEvent, style), event)
          }
        },
        // The tail is live from here on: with the list, nothing from before is missed.
        onLive: () => list.ask(),
        onError: ({ code, message }) => reject(new CliError(code, message)),
      })
      client.connect()
    })
  } finally {
    screen.setStatus([])
    leave()
    stopReading()
    client.close()
  }
}
