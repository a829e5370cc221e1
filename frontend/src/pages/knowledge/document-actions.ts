import { uploadLimits } from '@millrace/shared/api/knowledge'
import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { deleteDocument, retryDocument, uploadDocuments } from '../../api/knowledge.ts'
import { queryKeys } from '../../api/query-keys.ts'
import { byteWords } from '../../ui/byte-words.ts'
import { toast } from '../../ui/toast.tsx'
import type { DocumentActions } from './document-row.tsx'

/** Kinds of files that can be read, for the file dialog. */
export const readableFiles = '.txt,.md,.markdown,.html,.htm,.pdf,.docx,.csv'

/** Adding, retrying and deleting documents. Failures become toasts; each file is accepted or refused by itself. */
export function useDocumentActions(
  knowledgeBaseId: string,
): DocumentActions & { add: (files: readonly File[]) => Promise<void>; sendingCount: number } {
  const cache = useQueryClient()
  const [sendingCount, setSendingCount] = useState(0)
  const actions = useMemo(() => {
    const refresh = () => cache.invalidateQueries({ queryKey: queryKeys.knowledgeBase(knowledgeBaseId) })
    const guard = async (what: string, work: () => Promise<unknown>) => {
      try {
        await work()
      } catch (error) {
        const { message, code } = describeError(error)
        toast.failed(what, { description: message, code })
      }
      await refresh()
    }
    return {
      async add(files: readonly File[]) {
        const fitting = files.filter((file) => file.size <= uploadLimits.fileBytesMax)
        for (const file of files) {
          if (file.size > uploadLimits.fileBytesMax) {
            toast.failed(`${file.name} is too large`, {
              description: `It has ${byteWords(file.size)}; at most ${byteWords(uploadLimits.fileBytesMax)} can be added.`,
            })
          }
        }
        setSendingCount((count) => count + fitting.length)
        for (let at = 0; at < fitting.length; at += uploadLimits.filesPerUploadMax) {
          const batch = fitting.slice(at, at + uploadLimits.filesPerUploadMax)
          await guard('The files were not added', async () => {
            const { refused } = await uploadDocuments(knowledgeBaseId, batch)
            for (const file of refused)
              toast.failed(`${file.name} was not added`, { description: file.message, code: file.code })
          })
          setSendingCount((count) => count - batch.length)
        }
      },
      onRetry: (document: { documentId: string }) =>
        void guard('The document was not taken up again', () => retryDocument(knowledgeBaseId, document.documentId)),
      onDelete: (document: { documentId: string }) =>
        void guard('The document was not deleted', () => deleteDocument(knowledgeBaseId, document.documentId)),
    }
  }, [cache, knowledgeBaseId])
  return { ...actions, sendingCount }
}
