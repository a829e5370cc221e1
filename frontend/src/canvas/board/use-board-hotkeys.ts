import { useReactFlow } from '@xyflow/react'
import { type RefObject, useEffect, useEffectEvent } from 'react'
import type { GraphStore } from '../../stores/graph-store.ts'
import { isTyping } from '../../ui/is-typing.ts'
import type { BoardCommands } from './board-commands.ts'
import type { Board } from './board-store.ts'
import { fitOptions } from './fit-options.ts'

interface HotkeyDeps {
  graph: GraphStore
  board: Board
  commands: BoardCommands
  isEditable: boolean
  /** Where the pointer was seen last, on the screen. */
  pointer: RefObject<{ x: number; y: number }>
  wrapper: RefObject<HTMLElement | null>
  openSearch: (point: { x: number; y: number }) => void
}

/** Keys that count wherever the keyboard is on the page, unless a text is being typed; and the clipboard. */
export function useBoardHotkeys(deps: HotkeyDeps): void {
  const flow = useReactFlow()

  const handleKey = useEffectEvent((event: KeyboardEvent) => {
    const { graph, commands, isEditable, pointer, wrapper, openSearch } = deps
    if (event.defaultPrevented || isTyping(event.target)) return
    const withCommand = event.metaKey || event.ctrlKey
    const key = event.key.toLowerCase()
    if (event.shiftKey && event.code === 'Digit1' && !withCommand) return void flow.fitView(fitOptions)
    if (!isEditable) return
    if (withCommand && key === 'z') {
      event.preventDefault()
      return event.shiftKey ? graph.redo() : graph.undo()
    }
    if (withCommand && key === 'y') {
      event.preventDefault()
      return graph.redo()
    }
    if (withCommand && key === 'd') {
      event.preventDefault()
      return commands.duplicate()
    }
    if (withCommand && key === 'a') {
      event.preventDefault()
      return commands.selectAll()
    }
    if (key === 'n' && !withCommand && !event.altKey) {
      event.preventDefault()
      openSearch(pointOn(wrapper.current, pointer.current))
    }
  })

  const handleCopy = useEffectEvent((event: ClipboardEvent) => {
    const { commands, isEditable } = deps
    const isTextChosen = (window.getSelection()?.toString() ?? '') !== ''
    if (isTyping(event.target) || isTextChosen) return
    const text = commands.copy()
    if (text === null) return
    event.preventDefault()
    event.clipboardData?.setData('text/plain', text)
    if (event.type === 'cut' && isEditable) commands.removeSelected()
  })

  const handlePaste = useEffectEvent((event: ClipboardEvent) => {
    const { commands, isEditable, pointer, wrapper } = deps
    if (!isEditable || isTyping(event.target)) return
    const at = flow.screenToFlowPosition(pointOn(wrapper.current, pointer.current))
    if (commands.paste(event.clipboardData?.getData('text/plain') ?? '', at)) event.preventDefault()
  })

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => handleKey(event)
    const onCopy = (event: ClipboardEvent) => handleCopy(event)
    const onPaste = (event: ClipboardEvent) => handlePaste(event)
    window.addEventListener('keydown', onKey)
    document.addEventListener('copy', onCopy)
    document.addEventListener('cut', onCopy)
    document.addEventListener('paste', onPaste)
    return () => {
      window.removeEventListener('keydown', onKey)
      document.removeEventListener('copy', onCopy)
      document.removeEventListener('cut', onCopy)
      document.removeEventListener('paste', onPaste)
    }
  }, [])
}

/** The pointer where it is over the paper, else the paper's middle. */
function pointOn(paper: HTMLElement | null, pointer: { x: number; y: number }): { x: number; y: number } {
  const box = paper?.getBoundingClientRect()
  if (box === undefined) return pointer
  const isInside = pointer.x >= box.left && pointer.x <= box.right && pointer.y >= box.top && pointer.y <= box.bottom
  return isInside ? pointer : { x: box.left + box.width / 2, y: box.top + box.height / 3 }
}
