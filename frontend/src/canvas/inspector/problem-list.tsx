import { CircleCheck, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useGraph } from '../../stores/graph-context.ts'
import { Button } from '../../ui/button.tsx'
import { Popover } from '../../ui/popover.tsx'
import { useBoardStore } from '../board/board-context.ts'

/** Time in which a closed list hands the keyboard back, in milliseconds. */
const focusAfterMs = 80

/** What stands against running, in the top bar. Choosing one leads to its step and its field. */
export function ProblemList() {
  const board = useBoardStore()
  const problems = useGraph((graph) => graph.problems)
  const nodes = useGraph((graph) => graph.nodesById)
  const [isOpen, setOpen] = useState(false)
  const errors = problems.filter((problem) => problem.severity === 'error').length
  if (problems.length === 0) return null
  return (
    <Popover
      open={isOpen}
      onOpenChange={setOpen}
      align="end"
      className="w-96 p-1"
      trigger={
        <Button
          variant="quiet"
          icon={<TriangleAlert className={errors > 0 ? 'text-failed-mark' : 'text-retry-mark'} />}
        >
          {problems.length === 1 ? '1 problem' : `${problems.length} problems`}
        </Button>
      }
    >
      <ul aria-label="Problems" className="max-h-80 overflow-y-auto">
        {problems.map((problem, index) => (
          <li key={`${problem.code}/${problem.nodeId ?? problem.edgeId ?? ''}/${problem.path ?? ''}/${index}`}>
            <button
              type="button"
              className="flex w-full items-start gap-2.5 rounded-control px-2.5 py-2 text-left hover:bg-hover"
              onClick={() => {
                setOpen(false)
                if (problem.nodeId !== undefined && nodes.has(problem.nodeId)) {
                  board.select({ nodeIds: [problem.nodeId] })
                } else if (problem.edgeId !== undefined) board.select({ edgeIds: [problem.edgeId] })
                else return
                board.set({ isInspectorOpen: true, tab: 'setup', openRequestId: null })
                // The closing list gives the keyboard back to its button first.
                setTimeout(() => board.set({ focusPath: problem.path ?? null }), focusAfterMs)
              }}
            >
              <TriangleAlert
                aria-hidden="true"
                className={
                  problem.severity === 'error'
                    ? 'mt-0.5 size-4 shrink-0 text-failed-mark'
                    : 'mt-0.5 size-4 shrink-0 text-retry-mark'
                }
              />
              <span className="min-w-0">
                {problem.nodeId !== undefined && (
                  <em className="block text-small text-ink-2">{nodes.get(problem.nodeId)?.name ?? problem.nodeId}</em>
                )}
                {problem.message}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {errors === 0 && (
        <p className="flex items-center gap-2 px-2.5 py-2 text-small text-ink-2">
          <CircleCheck aria-hidden="true" className="size-4" /> It can run all the same.
        </p>
      )}
    </Popover>
  )
}
