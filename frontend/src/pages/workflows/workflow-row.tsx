import type { WorkflowSummary } from '@millrace/shared/api/workflows'
import { Copy, Download, Ellipsis, Trash2 } from 'lucide-react'
import { Link } from 'react-router'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { StateLabel } from '../../ui/state-chip.tsx'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { isState } from '../../ui/state-table.ts'

export interface WorkflowRowProps {
  workflow: WorkflowSummary
  onExport: () => void
  onDuplicate: () => void
  onDelete: () => void
  mayEdit: boolean
}

export function WorkflowRow({ workflow, onExport, onDuplicate, onDelete, mayEdit }: WorkflowRowProps) {
  const { lastExecution } = workflow
  return (
    <li className="group relative flex min-h-16 items-center gap-4 border-b px-5 py-2.5 transition-colors last:border-b-0 hover:bg-hover">
      {lastExecution !== undefined && isState(lastExecution.status) && (
        <StateGlyph state={lastExecution.status} labelled className="sm:hidden" />
      )}
      <div className="min-w-0 flex-1">
        <Link
          to={`/workflows/${workflow.id}`}
          data-row
          className="block truncate text-t3 font-mid outline-offset-0 after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-current-mark"
        >
          {workflow.name}
        </Link>
        <p className="truncate text-small text-ink-2">
          {workflow.nodeCount} {workflow.nodeCount === 1 ? 'step' : 'steps'} · v{workflow.version}
          {workflow.description !== '' && ` · ${workflow.description}`}
        </p>
      </div>
      <div className="hidden w-44 shrink-0 sm:block">
        {lastExecution === undefined ? (
          <span className="text-small text-ink-3">Not run yet</span>
        ) : (
          <Link
            to={`/executions/${lastExecution.executionId}`}
            className="relative z-1 inline-flex flex-col gap-0.5 rounded-chip hover:underline"
            title="Open the last run"
          >
            {isState(lastExecution.status) && <StateLabel state={lastExecution.status} />}
            <RelativeTime at={lastExecution.createdAt} className="text-small text-ink-3" />
          </Link>
        )}
      </div>
      <div className="hidden w-28 shrink-0 text-small text-ink-2 md:block">
        <RelativeTime at={workflow.updatedAt} />
      </div>
      <div className="relative z-1">
        <Menu trigger={<IconButton label={`More about ${workflow.name}`} icon={<Ellipsis />} />}>
          {mayEdit && (
            <MenuItem icon={<Copy />} onSelect={onDuplicate}>
              Duplicate
            </MenuItem>
          )}
          <MenuItem icon={<Download />} onSelect={onExport}>
            Export as JSON
          </MenuItem>
          {mayEdit && (
            <>
              <MenuSeparator />
              <MenuItem icon={<Trash2 />} danger onSelect={onDelete}>
                Delete…
              </MenuItem>
            </>
          )}
        </Menu>
      </div>
    </li>
  )
}
