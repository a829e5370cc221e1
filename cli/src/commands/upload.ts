import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import { type KnowledgeDocument, UploadedDocuments, uploadLimits } from '@millrace/shared/api/knowledge'
import { type ApiClient, createApiClient } from '../api-client.ts'
import { usageError } from '../cli-error.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { findByName, knowledgeBaseList } from '../find-by-name.ts'
import { oneLine } from '../output/printable.ts'
import { printJson, printLines } from '../print.ts'
import { chooseServer } from '../server.ts'
import { watchDocuments } from '../watch-documents.ts'

/** More than a person names, and few enough to watch all at once. */
const filesMax = 500

export const upload: Command = {
  name: 'upload',
  summary: 'Put files into a knowledge base',
  usage: '<knowledge base id or name> <file> … [--watch]',
  details: `  --watch  follow each file until it can be found by searches; ends with 1 when one cannot be read

Reads txt, md, html, pdf, docx and csv of up to ${uploadLimits.fileBytesMax / 1024 / 1024} MB each.
`,
  options: { watch: { type: 'boolean' } },
  positionals: { min: 2, max: filesMax + 1 },
  async run(line, host) {
    const [wanted = '', ...paths] = line.positionals
    const files = await Promise.all(paths.map(openFile))
    const server = await chooseServer(host, line.text('url'))
    const api = createApiClient(server.url, server.apiKey)
    const { id, name } = await findByName(api, knowledgeBaseList, wanted)
    const isJson = line.flag('json')
    const documents: KnowledgeDocument[] = []
    let refusedCount = 0
    for (let from = 0; from < files.length; from += uploadLimits.filesPerUploadMax) {
      const part = files.slice(from, from + uploadLimits.filesPerUploadMax)
      const { items, refused } = await send(api, id, part)
      documents.push(...items)
      refusedCount += refused.length
      if (isJson) printJson(host, [...items, ...refused])
      else {
        printLines(
          host,
          items.map((item) => `${oneLine(item.name)}: uploaded to ${oneLine(name)}`),
        )
        for (const file of refused) host.stderr.write(`${oneLine(file.name)}: refused. ${file.code}: ${file.message}\n`)
      }
    }
    const target = { knowledgeBaseId: id, documents, isJson }
    const watched = line.flag('watch') && documents.length > 0 ? await watchDocuments(host, server, target) : 0
    return watched === 0 && refusedCount > 0 ? exitCodes.failed : watched
  },
}

interface OpenedFile {
  name: string
  content: Blob
}

/** Read while it is sent, not before. Throws CliError USAGE for what is no readable file. */
async function openFile(path: string): Promise<OpenedFile> {
  try {
    return { name: basename(path), content: await openAsBlob(path) }
  } catch {
    throw usageError(`${path} cannot be read.`)
  }
}

function send(api: ApiClient, knowledgeBaseId: string, files: OpenedFile[]) {
  const form = new FormData()
  for (const { name, content } of files) form.append('files', content, name)
  const path = `/api/knowledge-bases/${encodeURIComponent(knowledgeBaseId)}/documents`
  return api.request('POST', path, { schema: UploadedDocuments, body: form })
}
