import type { KnowledgeDocument } from '@millrace/shared/api/knowledge'
import { FileUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { type DocumentActions, MovingDocumentRow, ReadyDocumentRow } from './document-row.tsx'

export interface DocumentListProps {
  documents: readonly KnowledgeDocument[]
  search: string
  actions: DocumentActions
  addButton: ReactNode
}

/** What is on its way on top, what failed below it, then what can be searched. */
export function DocumentList({ documents, search, actions, addButton }: DocumentListProps) {
  if (documents.length === 0) {
    return (
      <EmptyState icon={<FileUp />} title="Add the first documents" action={addButton}>
        Drop files anywhere on this page, several at once. Each one is read, split into passages and indexed while you
        watch; then steps can search it.
      </EmptyState>
    )
  }
  const found = documents.filter((document) => document.name.toLowerCase().includes(search.trim().toLowerCase()))
  const moving = found.filter((document) => document.status === 'queued' || document.status === 'processing')
  const failed = found.filter((document) => document.status === 'failed')
  const ready = found.filter((document) => document.status === 'completed')
  // By age, so that rows keep their places while they move.
  moving.sort((a, b) => a.createdAt - b.createdAt || a.documentId.localeCompare(b.documentId))
  return (
    <>
      {moving.length > 0 && <MovingSummary moving={moving} />}
      <ul>
        {[...moving, ...failed].map((document) => (
          <MovingDocumentRow key={document.documentId} document={document} actions={actions} />
        ))}
      </ul>
      {ready.length > 0 && (
        <>
          <div className="flex items-center gap-4 border-b bg-sunk px-5 py-1.5 text-small text-ink-2">
            <span className="flex-1 font-mid">Ready, {ready.length}</span>
            <span className="hidden w-28 sm:block">Added</span>
            <span className="w-20 text-right">Passages</span>
            <span className="w-[26px]" />
          </div>
          <ul>
            {ready.map((document) => (
              <ReadyDocumentRow key={document.documentId} document={document} actions={actions} />
            ))}
          </ul>
        </>
      )}
      {found.length === 0 && <p className="px-5 py-6 text-ink-2">No document is called “{search}”.</p>}
    </>
  )
}

function MovingSummary({ moving }: { moving: readonly KnowledgeDocument[] }) {
  const working = moving.filter((document) => document.status === 'processing').length
  const percentage = moving.reduce((sum, document) => sum + document.percentage, 0) / moving.length
  return (
    <div role="status" className="flex items-center gap-3 border-b bg-sunk px-5 py-2.5">
      <StateGlyph state="running" />
      <span>
        <span className="font-title">
          Indexing {working} of {moving.length}
        </span>
        <span className="text-ink-2"> · {Math.round(percentage)} %</span>
      </span>
      <ProgressBar percentage={percentage} label="All documents" className="ml-auto w-40" />
    </div>
  )
}
