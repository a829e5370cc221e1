import { useMay } from '../../api/rights.ts'
import { DeadlineLeft } from '../../prompts/prompt-body.tsx'
import { useExecutionState } from '../../stores/execution-store.ts'
import { Button } from '../../ui/button.tsx'
import { useBoardStore } from '../board/board-context.ts'
import { useNodeStatus, useNodeView } from './node-slice.ts'
import { openPromptOf } from './open-prompt.ts'

/** What a waiting or a failed step says in its card. */
export function CardNotice({ nodeId }: { nodeId: string }) {
  const status = useNodeStatus(nodeId)
  if (status === 'waiting') return <Question nodeId={nodeId} />
  if (status === 'failed') return <Failure nodeId={nodeId} />
  return null
}

function Question({ nodeId }: { nodeId: string }) {
  const board = useBoardStore()
  const mayAnswer = useMay('answer')
  const prompt = useExecutionState(({ view }) => openPromptOf(view?.prompts, nodeId))
  if (prompt === null) return null
  return (
    <div className="flex flex-col gap-1 border-t border-waiting-line bg-waiting-tint px-3 py-2">
      <p className="line-clamp-2 text-small font-mid">{prompt.prompt}</p>
      <div className="flex min-h-[26px] items-center justify-between gap-2">
        {prompt.deadline === null ? (
          <span className="text-micro text-ink-2">no deadline</span>
        ) : (
          <DeadlineLeft deadline={prompt.deadline} short />
        )}
        {mayAnswer && (
          <Button
            variant="waiting"
            size="small"
            className="nodrag"
            onClick={(event) => {
              event.stopPropagation()
              board.set({ openRequestId: prompt.requestId })
            }}
          >
            Answer
          </Button>
        )}
      </div>
    </div>
  )
}

function Failure({ nodeId }: { nodeId: string }) {
  const error = useNodeView(nodeId)?.error ?? null
  if (error === null) return null
  return (
    <div className="flex flex-col gap-0.5 border-t px-3 py-2">
      <p className="line-clamp-2 text-small text-failed-text">{error.message.split('\n')[0]}</p>
      <code className="font-mono text-micro text-ink-2">{error.code}</code>
    </div>
  )
}
