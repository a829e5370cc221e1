import { isFinished } from '@millrace/shared/engine/execution-view'
import type { NodeInstance } from '@millrace/shared/graph/workflow-definition'
import clsx from 'clsx'
import { Copy, Ellipsis, History, Trash2, X } from 'lucide-react'
import { useState } from 'react'
import { useExecutionState } from '../../stores/execution-store.ts'
import { configureNode } from '../../stores/graph-commands.ts'
import { useGraph, useGraphStore } from '../../stores/graph-context.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { StateChip } from '../../ui/state-chip.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import type { BoardCommands } from '../board/board-commands.ts'
import { selectedEdgeId, selectedNodeId, useBoard, useBoardStore } from '../board/board-context.ts'
import { currentAttempt } from '../card/attempt.ts'
import { iconClasses } from '../card/card-look.ts'
import { useNodeStatus, useNodeView } from '../card/node-slice.ts'
import { NodeIcon } from '../node-icon.ts'
import { LogTable } from '../run/log-table.tsx'
import { EdgeInspector } from './edge-inspector.tsx'
import { inspectorClass } from './inspector-class.ts'
import { OutputTab } from './output-tab.tsx'
import { SetupTab } from './setup-tab.tsx'

/** The chosen step or edge, 360 px at the right; a drawer on narrow windows. */
export function Inspector({ commands, isEditable }: { commands: BoardCommands; isEditable: boolean }) {
  const isOpen = useBoard((board) => board.isInspectorOpen)
  const nodeId = useBoard(selectedNodeId)
  const edgeId = useBoard(selectedEdgeId)
  const node = useGraph((graph) => (nodeId === null ? undefined : graph.nodesById.get(nodeId)))
  if (!isOpen) return null
  if (node !== undefined) return <NodeInspector key={node.id} node={node} commands={commands} isEditable={isEditable} />
  return edgeId === null ? null : <EdgeInspector edgeId={edgeId} commands={commands} isEditable={isEditable} />
}

function NodeInspector({
  node,
  commands,
  isEditable,
}: {
  node: NodeInstance
  commands: BoardCommands
  isEditable: boolean
}) {
  const board = useBoardStore()
  const tab = useBoard((state) => state.tab)
  const status = useNodeStatus(node.id)
  return (
    <aside aria-label={`Step ${node.name}`} className={inspectorClass}>
      <header className="flex items-center gap-3 px-4 pt-3">
        <span
          aria-hidden="true"
          className={clsx('grid size-7 shrink-0 place-items-center rounded-control', iconClasses[status])}
        >
          <NodeIcon type={node.type} className="size-4" />
        </span>
        <div className="min-w-0 flex-1">
          <NameField node={node} isEditable={isEditable} />
          <p className="truncate font-mono text-micro text-ink-2">{node.id}</p>
        </div>
        <StatusChip nodeId={node.id} />
        {isEditable && (
          <Menu trigger={<IconButton label="More" icon={<Ellipsis />} size="small" />}>
            <MenuItem icon={<Copy />} kbd="⌘D" onSelect={commands.duplicate}>
              Duplicate
            </MenuItem>
            <MenuItem icon={<Trash2 />} danger onSelect={commands.removeSelected}>
              Delete
            </MenuItem>
          </Menu>
        )}
        <IconButton
          label="Close"
          icon={<X />}
          size="small"
          kbd="Esc"
          onClick={() => board.set({ isInspectorOpen: false })}
        />
      </header>
      <Tabs
        value={tab}
        onValueChange={(next) => board.set({ tab: next })}
        className="min-h-0 flex-1"
        listClassName="px-4 mt-1"
        contentClassName="overflow-y-auto"
        tabs={[
          {
            value: 'setup',
            label: 'Setup',
            content: (
              <div className="flex flex-col gap-4 p-4 pb-24">
                <RunKeepsVersion isEditable={isEditable} />
                <SetupTab node={node} disabled={!isEditable} />
              </div>
            ),
          },
          {
            value: 'output',
            label: 'Output',
            content: (
              <div className="p-4">
                <OutputTab nodeId={node.id} />
              </div>
            ),
          },
          {
            value: 'log',
            label: 'Log',
            content: (
              <div className="flex h-full flex-col">
                <LogTable nodeId={node.id} />
              </div>
            ),
          },
        ]}
      />
    </aside>
  )
}

function NameField({ node, isEditable }: { node: NodeInstance; isEditable: boolean }) {
  const graph = useGraphStore()
  const [typed, setTyped] = useState<string | null>(null)
  if (!isEditable) return <h2 className="truncate text-t3">{node.name}</h2>
  return (
    <input
      aria-label="Name of the step"
      value={typed ?? node.name}
      maxLength={120}
      onChange={(event) => {
        const name = event.target.value
        setTyped(name)
        // A step without a name cannot be saved; the old one stays until there is a new one.
        if (name.trim() !== '')
          graph.change({ label: 'rename', key: `${node.id}/name` }, (before) =>
            configureNode(before, node.id, { name }),
          )
      }}
      onBlur={() => setTyped(null)}
      className="-ml-1 w-full truncate rounded-chip border border-transparent bg-transparent px-1 text-t3 font-title hover:border-line focus:border-line-control"
    />
  )
}

function StatusChip({ nodeId }: { nodeId: string }) {
  const node = useNodeView(nodeId)
  const status = useNodeStatus(nodeId)
  if (status === 'idle' || status === 'pending') return null
  const isWriting = status === 'running' && node !== null && (currentAttempt(node)?.text ?? '') !== ''
  return <StateChip state={status}>{isWriting ? 'Writing' : undefined}</StateChip>
}

/** While a run goes on, changes are for the next one; that is said where they are made. */
function RunKeepsVersion({ isEditable }: { isEditable: boolean }) {
  const version = useExecutionState(({ view }) =>
    view === null || isFinished(view.status) ? null : (view.workflowVersion ?? 0),
  )
  if (version === null || !isEditable) return null
  return (
    <p className="flex gap-2 rounded-control bg-sunk px-3 py-2 text-ink-2">
      <History aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
      {version === 0 ? 'This run keeps its version.' : `This run keeps v${version}.`} What you change here applies to
      the next run.
    </p>
  )
}
