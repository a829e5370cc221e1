import type { NodeProps } from '@xyflow/react'
import { useUpdateNodeInternals } from '@xyflow/react'
import clsx from 'clsx'
import { TriangleAlert } from 'lucide-react'
import { memo, useEffect, useRef } from 'react'
import { useExecutionState } from '../../stores/execution-store.ts'
import { useGraph } from '../../stores/graph-context.ts'
import { acceptsInput, askDefinition, outputPorts } from '../../stores/graph-ports.ts'
import { StateGlyph } from '../../ui/state-glyph.tsx'
import { stateTable } from '../../ui/state-table.ts'
import type { StepNode } from '../board/board-store.ts'
import { NodeIcon } from '../node-icon.ts'
import { CardFooter } from './card-footer.tsx'
import { cardClasses, iconClasses, isMuted, selectedClass } from './card-look.ts'
import { headerHeight } from './card-measures.ts'
import { CardNotice } from './card-notice.tsx'
import { InputPort, OutputPorts } from './card-ports.tsx'
import { LiveArea } from './live-area.tsx'
import { useNodeStatus } from './node-slice.ts'

/**
 * A step on the paper. It reads its own step from the drawing and its own state from the run, so that a change of one
 * step renders one card; its text and its clock are components of their own for the same reason.
 */
export const StepCard = memo(function StepCard({ id, selected, isConnectable }: NodeProps<StepNode>) {
  const node = useGraph((graph) => graph.nodesById.get(id))
  const status = useNodeStatus(id)
  const portIds =
    node === undefined
      ? ''
      : outputPorts(node)
          .map((port) => port.id)
          .join('\n')
  const update = useUpdateNodeInternals()
  const measured = useRef(portIds)
  useEffect(() => {
    // Edges begin where React Flow measured the ports, and they moved. Not at first: that measures by itself, and fits
    // the view once all steps are measured.
    if (measured.current === portIds) return
    measured.current = portIds
    update(id)
  }, [id, portIds, update])
  if (node === undefined) return null
  const ports = outputPorts(node)
  const summary = askDefinition(node, (definition, config) => definition.summary(config), 'Not known to this version')
  return (
    <article
      data-node-id={id}
      data-status={status}
      data-selected={selected === true}
      aria-label={`${node.name}${status === 'idle' ? '' : `, ${stateTable[status].word}`}`}
      className={clsx(
        'group/card relative w-(--node) rounded-card border shadow-card',
        cardClasses[status],
        selected === true && selectedClass,
      )}
    >
      {acceptsInput(node.type) && <InputPort nodeId={id} />}
      <header className="flex items-start gap-3 px-3 pt-2.5" style={{ height: headerHeight(ports.length) }}>
        <span
          aria-hidden="true"
          className={clsx('mt-1 grid size-7 shrink-0 place-items-center rounded-control', iconClasses[status])}
        >
          <NodeIcon type={node.type} className="size-4" />
        </span>
        <div className="min-w-0 flex-1">
          <h3
            className={clsx('truncate text-base leading-[18px] font-title', isMuted(status) && 'font-mid text-ink-3')}
          >
            {node.name}
          </h3>
          <p
            className={clsx(
              'truncate text-small',
              isMuted(status) ? 'text-ink-3' : 'text-ink-2',
              isCode(node.type) && 'font-mono text-micro',
            )}
          >
            {summary}
          </p>
        </div>
        {status === 'idle' ? (
          <ProblemMark nodeId={id} />
        ) : (
          <StateGlyph state={status} className={clsx('mt-0.5', status === 'running' && 'motion-safe:animate-turn')} />
        )}
      </header>
      {status !== 'idle' && <LiveArea nodeId={id} nodeType={node.type} />}
      {status !== 'idle' && <CardNotice nodeId={id} />}
      <CardFooter nodeId={id} />
      <OutputPorts nodeId={id} ports={ports} y={node.position.y} isEditable={isConnectable} />
    </article>
  )
})

/** Types whose summary is code rather than words. */
function isCode(type: string): boolean {
  return type === 'http' || type === 'condition' || type === 'set'
}

function ProblemMark({ nodeId }: { nodeId: string }) {
  const count = useGraph((graph) => graph.problems.filter((problem) => problem.nodeId === nodeId).length)
  const isRunShown = useExecutionState(({ view }) => view !== null)
  if (count === 0 || isRunShown) return null
  return (
    <span
      className="flex items-center gap-1 text-small font-mid text-failed-text"
      title={count === 1 ? '1 problem' : `${count} problems`}
    >
      <TriangleAlert aria-hidden="true" className="size-3.5" />
      {count}
    </span>
  )
}
