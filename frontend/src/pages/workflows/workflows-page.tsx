import type { WorkflowSummary } from '@millrace/shared/api/workflows'
import { FileUp, LayoutTemplate, Plus, Workflow } from 'lucide-react'
import { useMemo, useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { useMay } from '../../api/rights.ts'
import { useWorkflows } from '../../api/workflows.ts'
import { type Command, useCommands } from '../../stores/command-store.ts'
import { Button } from '../../ui/button.tsx'
import { chooseFiles } from '../../ui/choose-files.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { DropZone } from '../../ui/drop-zone.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { usePageTitle } from '../../ui/page-title.ts'
import { QueryGate } from '../../ui/query-gate.tsx'
import { rowKeys } from '../../ui/row-keys.ts'
import { SearchInput } from '../../ui/search-input.tsx'
import { TopBar } from '../../ui/top-bar.tsx'
import { TemplateGallery } from './template-gallery.tsx'
import { useWorkflowActions } from './workflow-actions.ts'
import { WorkflowRow } from './workflow-row.tsx'

export default function WorkflowsPage() {
  usePageTitle('Workflows')
  const workflows = useWorkflows()
  const actions = useWorkflowActions()
  const mayEdit = useMay('edit')
  const [search, setSearch] = useState('')
  const [isGalleryOpen, setGalleryOpen] = useState(false)
  const [toDelete, setToDelete] = useState<WorkflowSummary | null>(null)

  const commands = useMemo<Command[]>(() => {
    const chooseAndImport = async () =>
      actions.importFiles(await chooseFiles({ accept: '.json,application/json', multiple: true }))
    return [
      { id: 'workflow:new', label: 'New workflow', section: 'Workflows', run: () => void actions.create() },
      {
        id: 'workflow:template',
        label: 'New workflow from a template',
        section: 'Workflows',
        run: () => setGalleryOpen(true),
      },
      {
        id: 'workflow:import',
        label: 'Import a workflow',
        section: 'Workflows',
        keywords: 'json file',
        run: () => void chooseAndImport(),
      },
      {
        id: 'list:search',
        label: 'Search the list',
        section: 'Workflows',
        shortcut: '/',
        hidden: true,
        run: () => undefined,
      },
    ]
  }, [actions])
  const offered = useMemo(
    () => (mayEdit ? commands : commands.filter(({ id }) => id === 'list:search')),
    [commands, mayEdit],
  )
  useCommands('workflows', offered)
  const [create, fromTemplate, importFile] = commands

  return (
    <DropZone
      hint="Drop workflow files to import them"
      disabled={!mayEdit}
      onFiles={(files) => void actions.importFiles(files)}
      className="flex min-h-0 flex-1 flex-col"
    >
      <TopBar
        title="Workflows"
        actions={
          mayEdit && (
            <>
              <Button variant="quiet" icon={<FileUp />} onClick={importFile?.run} className="max-sm:hidden">
                Import
              </Button>
              <Button variant="plain" icon={<LayoutTemplate />} onClick={fromTemplate?.run}>
                <span className="max-sm:hidden">New from template</span>
              </Button>
              <Button variant="primary" icon={<Plus />} onClick={create?.run}>
                New workflow
              </Button>
            </>
          )
        }
      />
      <main className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto max-w-[1120px] px-4 py-5">
          <QueryGate query={workflows} what="the workflows" describe={describeError}>
            {(items) =>
              items.length === 0 && !mayEdit ? (
                <EmptyState icon={<Workflow />} title="There is no workflow yet">
                  Owners and editors of this workspace draw them; what they draw and run shows up here.
                </EmptyState>
              ) : items.length === 0 ? (
                <FirstWorkflow onChoose={actions.createFromTemplate} onCreate={() => void actions.create()} />
              ) : (
                <>
                  <div className="mb-3 flex items-center justify-between gap-3">
                    <SearchInput
                      value={search}
                      onChange={setSearch}
                      placeholder="Search workflows"
                      className="max-w-80"
                    />
                    <span className="shrink-0 text-small text-ink-3 max-sm:hidden">
                      {items.length} {items.length === 1 ? 'workflow' : 'workflows'}
                    </span>
                  </div>
                  <List
                    items={found(items, search)}
                    search={search}
                    actions={actions}
                    onDelete={setToDelete}
                    mayEdit={mayEdit}
                  />
                </>
              )
            }
          </QueryGate>
        </div>
      </main>
      <Dialog
        open={isGalleryOpen}
        onOpenChange={setGalleryOpen}
        size="large"
        title="New from a template"
        description="A copy of your own; change what you like. The demo model needs no key."
      >
        <TemplateGallery onChoose={actions.createFromTemplate} />
      </Dialog>
      <ConfirmDialog
        open={toDelete !== null}
        onOpenChange={(open) => !open && setToDelete(null)}
        title={
          <>
            Delete <em>{toDelete?.name}</em>?
          </>
        }
        confirmLabel="Delete the workflow"
        onConfirm={() => toDelete !== null && void actions.remove(toDelete.id, toDelete.name)}
      >
        The drawing and its versions are deleted. This cannot be taken back; export it first if you may want it again.
      </ConfirmDialog>
    </DropZone>
  )
}

function found(items: readonly WorkflowSummary[], search: string): WorkflowSummary[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const matching = items.filter((item) =>
    words.every((word) => `${item.name} ${item.description}`.toLowerCase().includes(word)),
  )
  return matching.toSorted((a, b) => b.updatedAt - a.updatedAt)
}

interface ListProps {
  items: readonly WorkflowSummary[]
  search: string
  actions: ReturnType<typeof useWorkflowActions>
  onDelete: (workflow: WorkflowSummary) => void
  mayEdit: boolean
}

function List({ items, search, actions, onDelete, mayEdit }: ListProps) {
  if (items.length === 0)
    return (
      <EmptyState title={`No workflow is called “${search}”`}>Search for another word, or clear the search.</EmptyState>
    )
  return (
    <div className="overflow-hidden rounded-card border bg-surface shadow-card">
      <div className="hidden items-center gap-4 border-b bg-sunk px-5 py-1.5 text-small text-ink-2 sm:flex">
        <span className="flex-1">Name</span>
        <span className="w-44">Last run</span>
        <span className="hidden w-28 md:block">Changed</span>
        <span className="w-8" />
      </div>
      <ul ref={rowKeys}>
        {items.map((workflow) => (
          <WorkflowRow
            key={workflow.id}
            workflow={workflow}
            onExport={() => void actions.exportOne(workflow.id)}
            onDuplicate={() => void actions.duplicate(workflow.id)}
            onDelete={() => onDelete(workflow)}
            mayEdit={mayEdit}
          />
        ))}
      </ul>
    </div>
  )
}

function FirstWorkflow({
  onChoose,
  onCreate,
}: {
  onChoose: (templateId: string) => Promise<void>
  onCreate: () => void
}) {
  return (
    <div className="mx-auto max-w-[760px] pb-12">
      <EmptyState
        icon={<Workflow />}
        title="Draw the first workflow"
        action={
          <Button variant="plain" icon={<Plus />} onClick={onCreate}>
            Begin with an empty canvas
          </Button>
        }
      >
        A workflow is a drawing of steps: models, requests, conditions, questions to people. When it runs you watch it
        on the canvas. Begin with one that is ready, or drop an exported file here.
      </EmptyState>
      <TemplateGallery onChoose={onChoose} />
    </div>
  )
}
