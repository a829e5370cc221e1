import { useReactFlow, ViewportPortal } from '@xyflow/react'
import { Command } from 'cmdk'
import { Search } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useGraph, useGraphStore } from '../../stores/graph-context.ts'
import { outputPorts } from '../../stores/graph-ports.ts'
import { Kbd } from '../../ui/kbd.tsx'
import type { BoardCommands } from '../board/board-commands.ts'
import { useBoard, useBoardStore } from '../board/board-context.ts'
import type { AddSearch as Search_ } from '../board/board-store.ts'
import { channelPath } from '../board/channel-path.ts'
import { judgeConnection } from '../board/connection-rules.ts'
import { cardWidth, inputPortY, outputPortY } from '../card/card-measures.ts'
import { NodeIcon } from '../node-icon.ts'
import { rankStep, stepGroups } from './step-list.ts'

/** The search at the pointer: `N`, a double click, or a port that was pulled onto the paper. */
export function AddSearch({ commands }: { commands: BoardCommands }) {
  const search = useBoard((board) => board.search)
  if (search === null) return null
  return <OpenSearch key={`${search.at.x},${search.at.y}`} search={search} commands={commands} />
}

const rowClass =
  'flex h-[30px] cursor-pointer items-center gap-3 rounded-control px-2 data-[selected=true]:bg-hover [&>svg]:size-4 [&>svg]:text-ink-2'

function OpenSearch({ search, commands }: { search: Search_; commands: BoardCommands }) {
  const board = useBoardStore()
  const graph = useGraphStore()
  const flow = useReactFlow()
  const box = useRef<HTMLDivElement>(null)
  const close = () => board.set({ search: null })
  const { from, into, at } = search
  const fromNode = useGraph((state) => (from === null ? undefined : state.nodesById.get(from.nodeId)))
  const port =
    fromNode === undefined ? undefined : outputPorts(fromNode).find((candidate) => candidate.id === from?.portId)

  useEffect(() => {
    const handlePointer = (event: PointerEvent) => {
      if (event.target instanceof Node && box.current?.contains(event.target) === true) return
      board.set({ search: null })
    }
    window.addEventListener('pointerdown', handlePointer, true)
    return () => window.removeEventListener('pointerdown', handlePointer, true)
  }, [board])

  const existing =
    search.offersExisting && from !== null
      ? graph.store.getState().definition.nodes.filter((node) => {
          const wanted = { source: from.nodeId, sourcePort: from.portId, target: node.id }
          return judgeConnection(graph.store.getState().definition, wanted).kind !== 'refused'
        })
      : []
  const groups = stepGroups('', (definition) => {
    if (from !== null && definition.kind === 'trigger') return false
    return into === null || definition.group !== 'End'
  })
  const place = flow.flowToScreenPosition(at)
  const width = 264
  const left = Math.max(8, Math.min(place.x, window.innerWidth - width - 8))
  const top = Math.max(8, Math.min(place.y - 20, window.innerHeight - 380))

  return (
    <>
      {fromNode !== undefined && from !== null && (
        <ViewportPortal>
          <svg className="pointer-events-none absolute size-px overflow-visible">
            <path
              className="channel-water"
              d={channelPath(
                { x: fromNode.position.x + cardWidth, y: fromNode.position.y + portY(fromNode, from.portId) },
                { x: at.x, y: at.y + inputPortY },
                port !== undefined && port.kind !== 'main' ? 52 : 0,
              )}
            />
          </svg>
        </ViewportPortal>
      )}
      <div
        ref={box}
        style={{ left, top, width }}
        className="fixed z-30 animate-appear rounded-card border bg-raised shadow-raised"
      >
        <Command
          loop
          label="Add a step"
          filter={rankStep}
          onKeyDown={(event) => {
            event.stopPropagation()
            if (event.key === 'Escape') {
              event.preventDefault()
              close()
            }
          }}
        >
          <div className="p-2 pb-1">
            <span className="ring-control flex h-8 items-center gap-2 rounded-control border border-line-control bg-surface px-2.5">
              <Search aria-hidden="true" className="size-4 text-ink-3" />
              <Command.Input
                autoFocus
                placeholder="Find a step"
                className="h-full w-full bg-transparent outline-none"
              />
            </span>
          </div>
          <Command.List className="max-h-72 overflow-y-auto px-2 pb-1">
            <Command.Empty className="px-2 py-3 text-ink-2">No step is called that.</Command.Empty>
            {existing.length > 0 && (
              <Command.Group heading={<Heading>Connect to</Heading>}>
                {existing.map((node) => {
                  return (
                    <Command.Item
                      key={node.id}
                      value={`connect ${node.id}`}
                      keywords={[node.name, node.id]}
                      className={rowClass}
                      onSelect={() => {
                        if (from !== null) commands.connect(from.nodeId, from.portId, node.id)
                        close()
                      }}
                    >
                      <NodeIcon type={node.type} />
                      <span className="flex-1 truncate">{node.name}</span>
                      <span className="font-mono text-micro text-ink-3">{node.id}</span>
                    </Command.Item>
                  )
                })}
              </Command.Group>
            )}
            {groups.map((group, index) => (
              <Command.Group
                key={group.title}
                heading={
                  <Heading>
                    {from !== null && index === 0
                      ? `Fits after “${port?.kind === 'main' ? (fromNode?.name ?? '') : (port?.label ?? '')}”`
                      : group.title}
                  </Heading>
                }
              >
                {group.steps.map((step) => {
                  return (
                    <Command.Item
                      key={step.type}
                      value={step.type}
                      keywords={[step.title, step.type, step.group, step.description]}
                      className={rowClass}
                      onSelect={() => commands.add({ type: step.type, at, from, into })}
                    >
                      <NodeIcon type={step.type} />
                      <span className="flex-1 truncate">{step.title}</span>
                      <span className="text-small text-ink-3">{step.group.toLowerCase()}</span>
                    </Command.Item>
                  )
                })}
              </Command.Group>
            ))}
          </Command.List>
          <div className="flex items-center gap-2 border-t px-3 py-2 text-small text-ink-2">
            <Kbd>↵</Kbd> {from === null ? 'Add' : 'Add and connect'}
            <span className="w-1" />
            <Kbd>Esc</Kbd> Let go
          </div>
        </Command>
      </div>
    </>
  )
}

function Heading({ children }: { children: string }) {
  return <span className="block px-2 py-1 text-small text-ink-2">{children}</span>
}

function portY(node: Parameters<typeof outputPorts>[0], portId: string): number {
  const ports = outputPorts(node)
  return outputPortY(
    Math.max(
      0,
      ports.findIndex((port) => port.id === portId),
    ),
    ports.length,
  )
}
