/** For `ref` of a form: ⌘↵ or Ctrl ↵ anywhere in it sends it, and is not taken for a command of the page. */
export function submitKeys(form: HTMLFormElement | null): (() => void) | undefined {
  if (form === null) return
  const handleKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return
    event.preventDefault()
    event.stopPropagation()
    form.requestSubmit()
  }
  form.addEventListener('keydown', handleKey)
  return () => form.removeEventListener('keydown', handleKey)
}
