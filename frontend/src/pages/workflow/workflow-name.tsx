import type { Workflow } from '@millrace/shared/api/workflows'
import { useQueryClient } from '@tanstack/react-query'
import { ChevronDown, Copy, Download, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { errorMessage } from '../../api/api-error.ts'
import { queryKeys } from '../../api/query-keys.ts'
import { useMay } from '../../api/rights.ts'
import { createWorkflow, deleteWorkflow } from '../../api/workflows.ts'
import { useGraph, useGraphStore } from '../../stores/graph-context.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.tsx'

/** The workflow's name, to be edited in place, and what can be done with the whole. */
export function WorkflowName({ workflow }: { workflow: Workflow }) {
  const graph = useGraphStore()
  const name = useGraph((state) => state.name)
  const navigate = useNavigate()
  const mayEdit = useMay('edit')
  const cache = useQueryClient()
  const [typed, setTyped] = useState<string | null>(null)
  const [isDeleting, setDeleting] = useState(false)

  async function duplicate() {
    try {
      const copy = await createWorkflow({
        name: `${name} (copy)`.slice(0, 120),
        definition: graph.store.getState().definition,
      })
      await cache.invalidateQueries({ queryKey: queryKeys.workflows, exact: true })
      void navigate(`/workflows/${copy.id}`)
    } catch (error) {
      toast.failed('The workflow could not be duplicated', { description: errorMessage(error) })
    }
  }

  async function remove() {
    try {
      await deleteWorkflow(workflow.id)
      // Nothing of it is left to be saved.
      graph.setSave({ phase: 'saved' })
      void navigate('/workflows')
      await cache.invalidateQueries({ queryKey: queryKeys.workflows, exact: true })
    } catch (error) {
      toast.failed('The workflow could not be deleted', { description: errorMessage(error) })
    }
  }

  return (
    <span className="flex min-w-0 items-center gap-1">
      {!mayEdit ? (
        <span className="min-w-0 truncate px-1">{name}</span>
      ) : typed === null ? (
        <button
          type="button"
          className="min-w-0 truncate rounded-chip px-1 hover:bg-hover"
          title="Rename"
          onClick={() => setTyped(name)}
        >
          {name}
        </button>
      ) : (
        <input
          aria-label="Name of the workflow"
          ref={(input) => {
            if (input !== null && document.activeElement !== input) input.select()
          }}
          value={typed}
          maxLength={120}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={() => {
            graph.rename(typed)
            setTyped(null)
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur()
            if (event.key === 'Escape') setTyped(null)
          }}
          className="w-64 rounded-chip border border-line-control bg-surface px-1 text-t3 font-title -outline-offset-2"
        />
      )}
      <Menu align="start" trigger={<IconButton label="Workflow menu" icon={<ChevronDown />} size="small" />}>
        {mayEdit && (
          <>
            <MenuItem icon={<Pencil />} onSelect={() => setTyped(name)}>
              Rename
            </MenuItem>
            <MenuItem icon={<Copy />} onSelect={() => void duplicate()}>
              Duplicate
            </MenuItem>
          </>
        )}
        <MenuItem icon={<Download />} onSelect={() => download(name, graph.store.getState().definition)}>
          Export as a file
        </MenuItem>
        {mayEdit && (
          <>
            <MenuSeparator />
            <MenuItem icon={<Trash2 />} danger onSelect={() => setDeleting(true)}>
              Delete
            </MenuItem>
          </>
        )}
      </Menu>
      <Dialog
        open={isDeleting}
        onOpenChange={setDeleting}
        title={`Delete “${name}”?`}
        description="Its runs stay readable. The drawing cannot be brought back."
        footer={
          <>
            <Button variant="quiet" onClick={() => setDeleting(false)}>
              Keep it
            </Button>
            <Button variant="danger" onClick={() => void remove()}>
              Delete
            </Button>
          </>
        }
      />
    </span>
  )
}

function download(name: string, definition: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(definition, null, 2)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${name.replace(/[^\w-]+/g, '-').toLowerCase() || 'workflow'}.json`
  link.click()
  URL.revokeObjectURL(url)
}
