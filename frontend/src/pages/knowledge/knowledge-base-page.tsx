import { Ellipsis, Trash2, Upload } from 'lucide-react'
import { useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { describeError } from '../../api/describe-error.ts'
import { useDeleteKnowledgeBase, useDocuments, useKnowledgeBase } from '../../api/knowledge.ts'
import { useMay } from '../../api/rights.ts'
import { useElsewhere } from '../../app/use-elsewhere.tsx'
import { Button } from '../../ui/button.tsx'
import { chooseFiles } from '../../ui/choose-files.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { DropZone } from '../../ui/drop-zone.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { usePageTitle } from '../../ui/page-title.ts'
import { QueryGate } from '../../ui/query-gate.tsx'
import { SearchInput } from '../../ui/search-input.tsx'
import { toast } from '../../ui/toast.tsx'
import { TopBar } from '../../ui/top-bar.tsx'
import { readableFiles, useDocumentActions } from './document-actions.ts'
import { DocumentList } from './document-list.tsx'
import { useLiveDocuments } from './live-documents.ts'
import { SearchPane } from './search-pane.tsx'

export default function KnowledgeBasePage() {
  const { id = '' } = useParams()
  const base = useElsewhere(useKnowledgeBase(id), `/api/knowledge-bases/${encodeURIComponent(id)}`)
  const documents = useDocuments(id)
  const actions = useDocumentActions(id)
  const remove = useDeleteKnowledgeBase()
  const navigate = useNavigate()
  const [search, setSearch] = useState('')
  const [isDeleting, setDeleting] = useState(false)
  usePageTitle(base.data?.name)
  useLiveDocuments(id)

  const mayEdit = useMay('edit')
  const addButton = mayEdit && (
    <Button
      variant="primary"
      icon={<Upload />}
      busy={actions.sendingCount > 0}
      onClick={() => void chooseFiles({ accept: readableFiles, multiple: true }).then(actions.add)}
    >
      {actions.sendingCount > 0 ? `Sending ${actions.sendingCount}` : 'Add documents'}
    </Button>
  )

  return (
    <DropZone
      hint="Drop the files to add them"
      disabled={!mayEdit}
      onFiles={(files) => void actions.add(files)}
      className="flex min-h-0 flex-1 flex-col"
    >
      <TopBar
        crumbs={<Link to="/knowledge">Knowledge</Link>}
        title={base.data?.name ?? ''}
        actions={
          <>
            {mayEdit && (
              <Menu trigger={<IconButton label="More" icon={<Ellipsis />} />}>
                <MenuItem icon={<Trash2 />} danger onSelect={() => setDeleting(true)}>
                  Delete the knowledge base…
                </MenuItem>
              </Menu>
            )}
            {addButton}
          </>
        }
      />
      <QueryGate query={base} what="this knowledge base" describe={describeError}>
        {(data) => (
          <main className="grid min-h-0 flex-1 overflow-y-auto lg:grid-cols-[minmax(0,1fr)_minmax(340px,38%)] lg:overflow-hidden">
            <div className="min-h-0 bg-surface lg:overflow-y-auto lg:border-r">
              <div className="flex flex-wrap items-center gap-x-8 gap-y-3 border-b px-5 py-4">
                <Fact
                  value={data.documentCount.toLocaleString()}
                  label={data.documentCount === 1 ? 'document' : 'documents'}
                />
                <Fact value={data.chunkCount.toLocaleString()} label="passages" />
                <Fact value={data.embeddingModel} label="embedding model" />
                <SearchInput
                  value={search}
                  onChange={setSearch}
                  placeholder="Find a document"
                  className="ml-auto max-w-52"
                />
              </div>
              <QueryGate query={documents} what="the documents" describe={describeError}>
                {(items) => <DocumentList documents={items} search={search} actions={actions} addButton={addButton} />}
              </QueryGate>
            </div>
            <SearchPane knowledgeBaseId={id} passageCount={data.chunkCount} />
          </main>
        )}
      </QueryGate>
      <ConfirmDialog
        open={isDeleting}
        onOpenChange={setDeleting}
        title={
          <>
            Delete <em>{base.data?.name}</em>?
          </>
        }
        confirmLabel="Delete the knowledge base"
        onConfirm={() =>
          remove.mutate(id, {
            onSuccess: () => void navigate('/knowledge'),
            onError: (error) => {
              const { message, code } = describeError(error)
              toast.failed('The knowledge base was not deleted', { description: message, code })
            },
          })
        }
      >
        Its documents and passages are deleted with it, and steps that search it will fail. This cannot be taken back.
      </ConfirmDialog>
    </DropZone>
  )
}

function Fact({ value, label }: { value: string; label: string }) {
  return (
    <div className="min-w-0">
      <p className="truncate text-t2 font-title">{value}</p>
      <p className="text-small text-ink-2">{label}</p>
    </div>
  )
}
