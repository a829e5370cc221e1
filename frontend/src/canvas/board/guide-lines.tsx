import { useStore as useFlow } from '@xyflow/react'
import { useBoard } from './board-context.ts'

/** Lines along which a dragged step is aligned with another. */
export function GuideLines() {
  const guides = useBoard((board) => board.guides)
  const [left, top, zoom] = useFlow((flow) => flow.transform)
  if (guides === null) return null
  return (
    <div aria-hidden="true" className="pointer-events-none absolute inset-0 z-10">
      {guides.x !== null && (
        <span className="absolute inset-y-0 w-px bg-current-line" style={{ left: guides.x * zoom + left }} />
      )}
      {guides.y !== null && (
        <span className="absolute inset-x-0 h-px bg-current-line" style={{ top: guides.y * zoom + top }} />
      )}
    </div>
  )
}
