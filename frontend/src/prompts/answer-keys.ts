import { useEffect, useEffectEvent } from 'react'
import { isTyping } from '../ui/is-typing.ts'

/** Keys 1 to 9 anywhere on the page choose an answer, unless a person types or a dialog is open. */
export function useAnswerKeys(count: number, onChoose: (index: number) => void): void {
  const handleKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.repeat || event.defaultPrevented) return
    if (isTyping(event.target) || document.querySelector('[role="dialog"][data-state="open"]') !== null) return
    const index = Number.parseInt(event.key, 10) - 1
    if (!(index >= 0 && index < count)) return
    event.preventDefault()
    onChoose(index)
  })
  useEffect(() => {
    if (count === 0) return
    const listener = (event: KeyboardEvent) => handleKey(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [count])
}
