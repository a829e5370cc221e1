import { InvariantError } from '@millrace/shared/errors/app-error'
import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { Board, BoardState } from './board-store.ts'

export const BoardContext = createContext<Board | null>(null)

/** The canvas of this page. Throws outside a BoardContext. */
export function useBoardStore(): Board {
  const board = useContext(BoardContext)
  if (board === null) throw new InvariantError('There is no canvas here.')
  return board
}

export function useBoard<Slice>(select: (state: BoardState) => Slice): Slice {
  return useStore(useBoardStore().store, select)
}

/** The one selected step; null when none or several are. */
export function selectedNodeId({ nodes }: BoardState): string | null {
  let found: string | null = null
  for (const node of nodes) {
    if (node.selected !== true) continue
    if (found !== null) return null
    found = node.id
  }
  return found
}

/** The one selected edge; null when none or several are. */
export function selectedEdgeId({ edges }: BoardState): string | null {
  const selected = edges.filter((edge) => edge.selected === true)
  return selected.length === 1 ? (selected[0]?.id ?? null) : null
}

export function selectedNodeIds({ nodes }: BoardState): Set<string> {
  return new Set(nodes.filter((node) => node.selected === true).map((node) => node.id))
}
