import type { PromptView } from '@millrace/shared/engine/execution-view'
import { useEffect, useRef } from 'react'
import { useExecutionState } from '../../stores/execution-store.ts'
import { isTyping } from '../../ui/is-typing.ts'
import { toast } from '../../ui/toast.tsx'
import { useBoard, useBoardStore } from '../board/board-context.ts'
import { useStepNames } from './use-names.ts'

/**
 * The question to show in the inspector's place. A new one opens by itself, unless somebody is typing: then a notice
 * offers it.
 */
export function useOpenQuestion(): PromptView | null {
  const board = useBoardStore()
  const { nameOf, mayAnswer } = useStepNames()
  const seen = useRef(new Set<string>())
  const newest = useExecutionState(({ view }) => {
    let found: PromptView | null = null
    for (const prompt of Object.values(view?.prompts ?? {})) {
      if (prompt.status === 'open' && (found === null || prompt.requestedAt > found.requestedAt)) found = prompt
    }
    return found
  })
  const openId = useBoard((state) => state.openRequestId)
  const open = useExecutionState(({ view }) => (openId === null ? null : (view?.prompts[openId] ?? null)))

  useEffect(() => {
    // Who may only watch is not interrupted; the step says that it waits.
    if (newest === null || !mayAnswer || seen.current.has(newest.requestId)) return
    seen.current.add(newest.requestId)
    const show = () => board.set({ openRequestId: newest.requestId })
    if (!isTyping(document.activeElement)) return show()
    toast.info(`“${nameOf(newest.nodeId)}” waits for you`, {
      id: newest.requestId,
      description: newest.prompt,
      durationMs: 15_000,
      action: { label: 'Answer', onClick: show },
    })
  }, [newest, board, nameOf, mayAnswer])
  return open
}
