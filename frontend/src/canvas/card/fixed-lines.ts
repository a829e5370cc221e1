import { type RefObject, useLayoutEffect, useRef, useState } from 'react'

/** Heights that a live area takes, in lines. It grows by these steps and never with each token. */
const lineSteps = [2, 4, 6] as const
/** About what fits on a line of a card. */
const oneLineCharacters = 38

/**
 * A box of 2, 4 or 6 lines that grows when its content overflows and follows the content's end until it is scrolled
 * away from there. `content` is the cue; `restart` begins at 2 lines anew.
 */
export function useFixedLines(
  content: string,
  restart: string,
  followsEnd: boolean,
): { ref: RefObject<HTMLDivElement | null>; lines: number; onScroll: () => void } {
  const ref = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  const [size, setSize] = useState({ restart, step: 0 })
  const step = size.restart === restart ? size.step : 0

  useLayoutEffect(() => {
    const box = ref.current
    if (box === null || content === '') return
    if (followsEnd && step < lineSteps.length - 1 && box.scrollHeight > box.clientHeight + 1) {
      setSize({ restart, step: step + 1 })
      return
    }
    if (!followsEnd) box.scrollTop = 0
    else if (isAtEnd.current) box.scrollTop = box.scrollHeight
  }, [content, restart, step, followsEnd])

  return {
    ref,
    // What is finished is short or cut off: it keeps the room of its first line or two.
    lines: followsEnd ? (lineSteps[step] ?? 2) : content.includes('\n') || content.length > oneLineCharacters ? 2 : 1,
    onScroll() {
      const box = ref.current
      if (box !== null) isAtEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 8
    },
  }
}
