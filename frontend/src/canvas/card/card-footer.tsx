import type { NodeView } from '@millrace/shared/engine/execution-view'
import clsx from 'clsx'
import type { ReactNode } from 'react'
import { useMay } from '../../api/rights.ts'
import { useExecutionState } from '../../stores/execution-store.ts'
import { useGraph } from '../../stores/graph-context.ts'
import { outputPorts } from '../../stores/graph-ports.ts'
import { stateTable, toneClasses } from '../../ui/state-table.ts'
import { durationWords, remainingWords } from '../../ui/time-words.ts'
import { useRunClock } from '../run/run-clock.ts'
import { currentAttempt, tokensPerSecond } from './attempt.ts'
import { useNodeView } from './node-slice.ts'

/** State word, time, tokens and tries: the last line of a card during and after a run. */
export function CardFooter({ nodeId }: { nodeId: string }) {
  const hasRun = useExecutionState(({ view }) => view !== null)
  const node = useNodeView(nodeId)
  if (!hasRun) return null
  if (node === null || node.status === 'pending') return <Line word="Pending" tone="text-ink-2" />
  return <RunLine node={node} />
}

function RunLine({ node }: { node: NodeView }) {
  const isMoving = node.status === 'running' || node.status === 'retrying'
  const now = useRunClock(isMoving ? 1000 : null)
  const attempt = currentAttempt(node)
  const look = stateTable[node.status]
  const tokens = attempt === null || attempt.tokens === 0 ? null : attempt.tokens
  const rate = attempt === null || tokens === null ? null : tokensPerSecond(attempt, now)
  const dueIn = attempt?.nextRetryAt == null ? null : attempt.nextRetryAt - now
  return (
    <>
      {node.status === 'retrying' && attempt !== null && (
        <Countdown from={attempt.finishedAt} to={attempt.nextRetryAt} now={now} />
      )}
      <Line
        word={look.word}
        tone={toneClasses[look.tone].text}
        dashed={node.status === 'skipped'}
        detail={<Detail node={node} now={now} dueInMs={dueIn} />}
        right={
          <>
            {tokens !== null && `${tokens} tokens`}
            {tokens !== null &&
              rate !== null &&
              node.status === 'running' &&
              ` · ${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`}
            {tokens === null && (tries(node) || round(node))}
          </>
        }
      />
    </>
  )
}

function tries(node: NodeView): string {
  if (node.attempt < 1 || (node.attempt === 1 && node.status !== 'retrying' && node.status !== 'failed')) return ''
  return node.maxAttempts === null ? `attempt ${node.attempt}` : `attempt ${node.attempt} of ${node.maxAttempts}`
}

/** Which round of its loop, from the second on. */
function round(node: NodeView): string {
  return node.iteration > 1 ? `round ${node.iteration}` : ''
}

function Detail({ node, now, dueInMs }: { node: NodeView; now: number; dueInMs: number | null }): ReactNode {
  const ways = useTakenWays(node)
  const mayAnswer = useMay('answer')
  switch (node.status) {
    case 'running':
      return node.startedAt === null ? null : <>· {wholeSeconds(now - node.startedAt)}</>
    case 'retrying':
      return dueInMs === null ? null : <>· {dueInMs > 0 ? remainingWords(dueInMs) : 'now'}</>
    case 'waiting':
      return mayAnswer ? ' for you' : ' for an answer'
    case 'completed':
      return ways !== null ? (
        <>· {ways}</>
      ) : node.duration === null || node.duration < 50 ? null : (
        <>· {durationWords(node.duration)}</>
      )
    case 'failed':
      return node.duration === null ? null : <>· {durationWords(node.duration)}</>
    case 'skipped':
    case 'cancelled':
      return node.reason === null ? null : <>· {node.reason}</>
    default:
      return null
  }
}

/** "yes": the branch that was taken; null for steps with one way only. */
function useTakenWays(node: NodeView): string | null {
  const instance = useGraph((graph) => graph.nodesById.get(node.nodeId))
  if (instance === undefined || node.status !== 'completed') return null
  const branches = outputPorts(instance).filter((port) => port.kind !== 'main' && node.ports.includes(port.id))
  return branches.length === 0 ? null : branches.map((port) => port.label).join(', ')
}

function wholeSeconds(ms: number): string {
  return ms < 10_000 ? `${Math.max(0, Math.floor(ms / 1000))} s` : durationWords(ms)
}

function Line({
  word,
  tone,
  detail,
  right,
  dashed,
}: {
  word: string
  tone: string
  detail?: ReactNode
  right?: ReactNode
  dashed?: boolean
}) {
  return (
    <div
      className={clsx(
        'flex h-[29px] items-center gap-1 border-t px-3 text-micro',
        dashed === true && 'border-dashed border-line-strong',
      )}
    >
      <span className={clsx('font-mid', tone)}>{word}</span>
      <span className="min-w-0 truncate text-ink-2">{detail}</span>
      <span className="ml-auto shrink-0 pl-2 text-ink-2">{right}</span>
    </div>
  )
}

/** A line that shortens until the next try. */
function Countdown({ from, to, now }: { from: number | null; to: number | null; now: number }) {
  if (from === null || to === null || to <= from) return null
  const left = Math.min(1, Math.max(0, (to - now) / (to - from)))
  return (
    <div aria-hidden="true" className="-mb-px h-0.5 bg-retry-tint">
      <div className="h-full bg-retry-mark" style={{ width: `${left * 100}%` }} />
    </div>
  )
}
