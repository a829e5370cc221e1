import clsx from 'clsx'
import { previewCharactersMax, previewOutput } from '../../nodes/output-preview.ts'
import { currentAttempt } from './attempt.ts'
import { useFixedLines } from './fixed-lines.ts'
import { useNodeView } from './node-slice.ts'

/** Height of one line of live text, in px. */
const linePx = 16

/**
 * What a step writes while it runs, and the start of its output afterwards. The only part of a card that a token
 * renders, besides the count in its footer.
 */
export function LiveArea({ nodeId, nodeType }: { nodeId: string; nodeType: string }) {
  const node = useNodeView(nodeId)
  if (node === null) return null
  const attempt = currentAttempt(node)
  const isWriting = node.status === 'running' || node.status === 'retrying'
  if (isWriting) {
    const text = attempt?.text ?? ''
    const message = node.progress?.message ?? null
    if (text === '' && message === null && node.status === 'running') {
      return nodeType === 'llm' ? (
        <Lines text="" restart={`${node.nodePath}/${node.attempt}`} isLive mono={false} />
      ) : null
    }
    if (node.status === 'retrying') {
      return <Lines text={attempt?.error?.message ?? node.error?.message ?? ''} restart="retry" isLive={false} mono />
    }
    return (
      <Lines
        // A card holds the end of a very long text; the whole is in the inspector.
        text={text === '' ? (message ?? '') : text.slice(-previewCharactersMax)}
        restart={`${node.nodePath}/${node.attempt}`}
        isLive
        mono={false}
      />
    )
  }
  if (node.status !== 'completed') return null
  const preview = previewOutput(nodeType, node)
  if (preview === null) return null
  return <Lines text={preview.text} restart="output" isLive={false} mono={preview.mono} />
}

function Lines({ text, restart, isLive, mono }: { text: string; restart: string; isLive: boolean; mono: boolean }) {
  const { ref, lines, onScroll } = useFixedLines(text, restart, isLive)
  return (
    <div className="border-t px-3 py-2">
      <div
        ref={ref}
        onScroll={onScroll}
        data-testid="node-text"
        style={{ height: lines * linePx }}
        className={clsx(
          'nowheel nodrag overflow-x-hidden overflow-y-auto text-micro leading-4 break-words whitespace-pre-wrap [scrollbar-width:none]',
          mono && 'font-mono',
          isLive && lines === 6 && '[mask-image:linear-gradient(to_bottom,transparent,black_18px)]',
        )}
      >
        {text}
        {isLive && <span aria-hidden="true" className="live-caret" />}
      </div>
    </div>
  )
}
