import type { KnowledgeBase } from '@millrace/shared/api/knowledge'
import { Library, Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Link } from 'react-router'
import { describeError } from '../../api/describe-error.ts'
import { useKnowledgeBases } from '../../api/knowledge.ts'
import { useMay } from '../../api/rights.ts'
import { type Command, useCommands } from '../../stores/command-store.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { usePageTitle } from '../../ui/page-title.ts'
import { QueryGate } from '../../ui/query-gate.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { rowKeys } from '../../ui/row-keys.ts'
import { SearchInput } from '../../ui/search-input.tsx'
import { TopBar } from '../../ui/top-bar.tsx'
import { CreateKnowledgeBaseDialog } from './create-knowledge-base-dialog.tsx'

export default function KnowledgePage() {
  usePageTitle('Knowledge')
  const bases = useKnowledgeBases()
  const [search, setSearch] = useState('')
  const [isCreating, setCreating] = useState(false)
  const mayEdit = useMay('edit')
  const commands = useMemo<Command[]>(
    () =>
      !mayEdit
        ? []
        : [{ id: 'knowledge:new', label: 'New knowledge base', section: 'Knowledge', run: () => setCreating(true) }],
    [mayEdit],
  )
  useCommands('knowledge', commands)
  const createButton = mayEdit && (
    <Button variant="primary" icon={<Plus />} onClick={() => setCreating(true)}>
      New knowledge base
    </Button>
  )
  return (
    <>
      <TopBar title="Knowledge" actions={createButton} />
      <main className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto max-w-[1120px] px-4 py-5">
          <QueryGate query={bases} what="the knowledge bases" describe={describeError}>
            {(items) =>
              items.length === 0 ? (
                <EmptyState icon={<Library />} title="Give your workflows something to look up" action={createButton}>
                  A knowledge base holds documents, split into passages that a step can search by words and by meaning.
                  Text, Markdown, HTML, PDF, Word and CSV files can be read.
                </EmptyState>
              ) : (
                <>
                  <SearchInput
                    value={search}
                    onChange={setSearch}
                    placeholder="Search knowledge bases"
                    className="mb-3 max-w-80"
                  />
                  <List
                    items={items.filter((item) =>
                      `${item.name} ${item.description}`.toLowerCase().includes(search.trim().toLowerCase()),
                    )}
                  />
                </>
              )
            }
          </QueryGate>
        </div>
      </main>
      <CreateKnowledgeBaseDialog open={isCreating} onOpenChange={setCreating} />
    </>
  )
}

function List({ items }: { items: readonly KnowledgeBase[] }) {
  if (items.length === 0)
    return (
      <EmptyState title="No knowledge base has this name">Search for another word, or clear the search.</EmptyState>
    )
  return (
    <div className="overflow-hidden rounded-card border bg-surface shadow-card">
      <div className="hidden grid-cols-[1fr_100px_100px_110px] gap-4 border-b bg-sunk px-5 py-1.5 text-small text-ink-2 sm:grid">
        <span>Name</span>
        <span className="text-right">Documents</span>
        <span className="text-right">Passages</span>
        <span className="text-right">Created</span>
      </div>
      <ul ref={rowKeys}>
        {items.map((base) => (
          <li key={base.id} className="border-b last:border-b-0">
            <Link
              to={`/knowledge/${base.id}`}
              data-row
              className="grid min-h-16 grid-cols-[1fr_auto] items-center gap-4 px-5 py-2.5 transition-colors hover:bg-hover focus-visible:-outline-offset-2 sm:grid-cols-[1fr_100px_100px_110px]"
            >
              <span className="min-w-0">
                <span className="block truncate text-t3 font-mid">{base.name}</span>
                <span className="block truncate text-small text-ink-2">
                  {base.description === '' ? base.embeddingModel : base.description}
                </span>
              </span>
              <span className="text-right text-ink-2">{base.documentCount.toLocaleString()}</span>
              <span className="hidden text-right text-ink-2 sm:block">{base.chunkCount.toLocaleString()}</span>
              <RelativeTime at={base.createdAt} className="hidden text-right text-small text-ink-2 sm:block" />
            </Link>
          </li>
        ))}
      </ul>
    </div>
  )
}
