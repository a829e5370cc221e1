import type { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import { memo } from 'react'

const nodeWidth = 248
const nodeHeight = 64
/** Free space around the drawing, in its own units. */
const margin = 60

/** A workflow's shape as a small drawing: cards and channels, no words. */
export const WorkflowThumbnail = memo(function WorkflowThumbnail({
  definition,
  className,
}: {
  definition: WorkflowDefinition
  className?: string
}) {
  const { nodes, edges } = definition
  if (nodes.length === 0) return null
  const xs = nodes.map((node) => node.position.x)
  const ys = nodes.map((node) => node.position.y)
  const hasLoop = edges.some((edge) => edge.loop !== undefined)
  const left = Math.min(...xs) - margin
  const top = Math.min(...ys) - margin - (hasLoop ? 60 : 0)
  const width = Math.max(...xs) + nodeWidth + margin - left
  const height = Math.max(...ys) + nodeHeight + margin - top
  const at = new Map(nodes.map((node) => [node.id, node.position]))
  return (
    <svg viewBox={`${left} ${top} ${width} ${height}`} className={className} fill="none" aria-hidden="true">
      {edges.map((edge) => {
        const from = at.get(edge.source)
        const to = at.get(edge.target)
        if (from === undefined || to === undefined) return null
        const x1 = from.x + nodeWidth
        const y1 = from.y + nodeHeight / 2
        const y2 = to.y + nodeHeight / 2
        const bend = Math.max(40, Math.abs(to.x - x1) / 2)
        const over = Math.min(from.y, to.y) - 60
        const path =
          edge.loop === undefined
            ? `M${x1} ${y1}C${x1 + bend} ${y1} ${to.x - bend} ${y2} ${to.x} ${y2}`
            : `M${x1} ${y1}C${x1 + 70} ${y1} ${x1 + 40} ${over} ${x1 - 40} ${over}H${to.x + 40}C${to.x - 40} ${over} ${to.x - 70} ${y2} ${to.x} ${y2}`
        return <path key={edge.id} d={path} strokeWidth="7" className="stroke-line-control" strokeLinecap="round" />
      })}
      {nodes.map((node) => (
        <g key={node.id}>
          <rect
            x={node.position.x}
            y={node.position.y}
            width={nodeWidth}
            height={nodeHeight}
            rx="12"
            strokeWidth="5"
            className="fill-surface stroke-line-control"
          />
          <rect x={node.position.x + 14} y={node.position.y + 16} width="32" height="32" rx="7" className="fill-line" />
          <rect
            x={node.position.x + 60}
            y={node.position.y + 20}
            width="110"
            height="9"
            rx="4"
            className="fill-line-strong"
          />
          <rect x={node.position.x + 60} y={node.position.y + 37} width="70" height="8" rx="4" className="fill-line" />
        </g>
      ))}
    </svg>
  )
})
