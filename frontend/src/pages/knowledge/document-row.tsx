import type { KnowledgeDocument } from '@millrace/shared/api/knowledge'
import { Ellipsis, FileText, RotateCw, Trash2 } from 'lucide-react'
import { useMay } from '../../api/rights.ts'
import { Button } from '../../ui/button.tsx'
import { byteWords } from '../../ui/byte-words.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { StateLabel } from '../../ui/state-chip.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { StageBars } from './stage-bars.tsx'

export interface DocumentActions {
  onRetry: (document: KnowledgeDocument) => void
  onDelete: (document: KnowledgeDocument) => void
}

const stageWords = {
  queued: 'Queued',
  extracting: 'Extracting',
  splitting: 'Splitting',
  embedding: 'Embedding',
  indexing: 'Indexing',
} as const

function More({ document, actions }: { document: KnowledgeDocument; actions: DocumentActions }) {
  const mayEdit = useMay('edit')
  if (!mayEdit) return null
  return (
    <Menu trigger={<IconButton size="small" label={`More about ${document.name}`} icon={<Ellipsis />} />}>
      <MenuItem icon={<RotateCw />} onSelect={() => actions.onRetry(document)}>
        Index again
      </MenuItem>
      <MenuItem icon={<Trash2 />} danger onSelect={() => actions.onDelete(document)}>
        Delete
      </MenuItem>
    </Menu>
  )
}

function sizeWords(document: KnowledgeDocument): string {
  const unit = document.stage === 'embedding' || document.stage === 'indexing' ? 'passages' : null
  return [
    byteWords(document.bytes),
    ...(unit !== null && document.total > 0 ? [`${document.completed} of ${document.total} ${unit}`] : []),
  ].join(' · ')
}

/** A document on its way, or one that failed. */
export function MovingDocumentRow({ document, actions }: { document: KnowledgeDocument; actions: DocumentActions }) {
  const isFailed = document.status === 'failed'
  const mayEdit = useMay('edit')
  const isQueued = document.status === 'queued'
  return (
    <li className="border-b px-5 py-3" data-document={document.documentId} data-status={document.status}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <FileText className="size-4 shrink-0 text-ink-3" strokeWidth={1.5} />
        <div className="min-w-0 flex-1 basis-40">
          <p className="truncate font-mid">{document.name}</p>
          <p className="truncate text-small text-ink-2">{sizeWords(document)}</p>
        </div>
        <div className="w-[290px] shrink-0 max-sm:order-last max-sm:w-full">
          {isQueued ? (
            <span className="text-small text-ink-2">waits for its turn</span>
          ) : (
            <StageBars document={document} />
          )}
        </div>
        <StateLabel state={isFailed ? 'failed' : isQueued ? 'queued' : 'running'} className="w-24 justify-end">
          {isFailed ? 'Failed' : stageWords[document.stage]}
        </StateLabel>
        <More document={document} actions={actions} />
      </div>
      {isFailed && (
        <div className="mt-2 flex flex-wrap items-center gap-3 rounded-control bg-failed-tint px-3 py-2 sm:ml-8">
          <p className="min-w-0 flex-1 basis-52 text-small">
            {document.error?.message ?? 'The document could not be read.'}{' '}
            {document.error !== undefined && (
              <code className="font-mono text-micro text-failed-text">{document.error.code}</code>
            )}
          </p>
          {mayEdit && (
            <>
              <Button size="small" icon={<RotateCw />} onClick={() => actions.onRetry(document)}>
                Try again
              </Button>
              <Button size="small" variant="quiet" onClick={() => actions.onDelete(document)}>
                Leave out
              </Button>
            </>
          )}
        </div>
      )}
    </li>
  )
}

/** A document that can be searched. */
export function ReadyDocumentRow({ document, actions }: { document: KnowledgeDocument; actions: DocumentActions }) {
  return (
    <li
      className="flex min-h-10 items-center gap-4 border-b px-5 py-1.5"
      data-document={document.documentId}
      data-status="completed"
    >
      <FileText className="size-4 shrink-0 text-ink-3" strokeWidth={1.5} />
      <p className="min-w-0 flex-1 truncate">
        <span className="font-mid">{document.name}</span>
        <span className="text-small text-ink-2"> · {byteWords(document.bytes)}</span>
      </p>
      <RelativeTime at={document.createdAt} className="hidden w-28 text-small text-ink-2 sm:block" />
      <span className="flex w-20 items-center justify-end gap-2">
        {(document.chunkCount ?? 0).toLocaleString()}
        <StateGlyph state="completed" labelled />
      </span>
      <More document={document} actions={actions} />
    </li>
  )
}
