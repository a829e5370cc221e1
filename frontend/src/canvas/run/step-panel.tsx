import { X } from 'lucide-react'
import { useGraph } from '../../stores/graph-context.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { useBoardStore } from '../board/board-context.ts'
import { OutputTab } from '../inspector/output-tab.tsx'
import { NodeIcon } from '../node-icon.ts'

/** The step somebody chose: its state, output and tries. */
export function StepPanel({ nodeId }: { nodeId: string }) {
  const board = useBoardStore()
  const node = useGraph((graph) => graph.nodesById.get(nodeId))
  if (node === undefined) return null
  return (
    <section aria-label={`Step ${node.name}`} className="rounded-card border bg-surface shadow-card">
      <header className="flex items-center gap-3 border-b px-5 py-3">
        <NodeIcon type={node.type} className="size-4 text-ink-2" />
        <h3 className="min-w-0 flex-1 truncate text-t3">{node.name}</h3>
        <code className="font-mono text-small text-ink-2">{node.id}</code>
        <IconButton
          label="Close"
          icon={<X />}
          size="small"
          onClick={() => {
            board.set({ isInspectorOpen: false })
            board.select({})
          }}
        />
      </header>
      <div className="px-5 py-4">
        <OutputTab nodeId={nodeId} />
      </div>
    </section>
  )
}
