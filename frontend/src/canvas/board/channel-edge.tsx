import { EdgeLabelRenderer, type EdgeProps, useStore as useFlow } from '@xyflow/react'
import clsx from 'clsx'
import { Repeat2 } from 'lucide-react'
import { memo, useMemo } from 'react'
import { useExecutionState } from '../../stores/execution-store.ts'
import { loopBody } from '../../stores/graph-order.ts'
import { useBoard } from './board-context.ts'
import type { ChannelEdge as ChannelEdgeType } from './board-store.ts'
import { channelPath, loopPath } from './channel-path.ts'
import { loopRound, waterOf } from './channel-water.ts'

/** Space over the body of a loop for its way back, in px; loops around loops lie higher. */
const loopClearance = 44

/** An edge: a bed with water in it, or without. */
export const ChannelEdge = memo(function ChannelEdge(props: EdgeProps<ChannelEdgeType>) {
  return (props.data?.loopMax ?? null) === null ? <PlainChannel {...props} /> : <LoopChannel {...props} />
})

function PlainChannel(props: EdgeProps<ChannelEdgeType>) {
  const { sourceX, sourceY, targetX, targetY } = props
  const hasLabel = props.sourceHandleId !== 'out'
  return (
    <Channel {...props} path={channelPath({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, hasLabel ? 52 : 0)} />
  )
}

function LoopChannel(props: EdgeProps<ChannelEdgeType>) {
  const { sourceX, sourceY, targetX, targetY, source, target, data } = props
  const body = useLoopBody(source, target)
  const bodyTop = useFlow((flow) => {
    let top = Number.POSITIVE_INFINITY
    for (const id of body) top = Math.min(top, flow.nodeLookup.get(id)?.internals.positionAbsolute.y ?? top)
    return top
  })
  const round = useExecutionState(({ view }) => loopRound(view, target))
  const water = useWater(props, true)
  const top = Math.min(bodyTop, sourceY, targetY) - loopClearance - Math.max(0, body.length - 2) * 6
  const { path, label } = loopPath({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, top)
  return (
    <>
      <Channel {...props} path={path} />
      <EdgeLabelRenderer>
        <div
          style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}
          className={clsx(
            'pointer-events-none absolute flex h-[18px] items-center gap-1 rounded-full border px-2 text-micro whitespace-nowrap',
            water === 'taken' || water === 'flowing'
              ? 'border-current-line bg-current-tint text-current-text'
              : 'border-line-strong bg-surface text-ink-2',
          )}
        >
          <Repeat2 aria-hidden="true" className="size-3" />
          {round === null ? `at most ${data?.loopMax}` : `${round} of ${data?.loopMax}`}
        </div>
      </EdgeLabelRenderer>
    </>
  )
}

/** Steps of the loop's body; computed anew only when edges come or go, not when a step moves. */
function useLoopBody(source: string, target: string): readonly string[] {
  const drawn = useBoard((board) => board.edges)
  return useMemo(() => {
    const edges = drawn.map((edge) => ({
      source: edge.source,
      target: edge.target,
      loop: edge.data?.loopMax ?? undefined,
    }))
    return loopBody({ edges }, { source, target })
  }, [drawn, source, target])
}

function useWater({ id, source, target }: Pick<EdgeProps, 'id' | 'source' | 'target'>, isLoop: boolean) {
  return useExecutionState(({ view }) => waterOf(view, id, { source, target, isLoop }))
}

function Channel({ path, ...props }: EdgeProps<ChannelEdgeType> & { path: string }) {
  const water = useWater(props, (props.data?.loopMax ?? null) !== null)
  const isDropTarget = useBoard((board) => board.dropEdgeId === props.id)
  const hasWater = water === 'taken' || water === 'flowing'
  return (
    <g className="channel" data-water={water} data-selected={props.selected === true} data-drop={isDropTarget}>
      <path d={path} className="channel-bed" />
      {water !== 'not-taken' && <path d={path} className="channel-bottom" />}
      {hasWater && <path d={path} className="channel-water" />}
      <path d={path} className="channel-hit react-flow__edge-interaction" />
    </g>
  )
}
