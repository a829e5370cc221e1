import { Search } from 'lucide-react'
import { useEffect, useEffectEvent, useRef } from 'react'
import { Input } from './input.tsx'
import { isTyping } from './is-typing.ts'
import { Kbd } from './kbd.tsx'

export interface SearchInputProps {
  value: string
  onChange: (value: string) => void
  placeholder: string
  className?: string
}

/** Finds within a list. `/` leads here from anywhere on the page, Escape clears it and leaves. */
export function SearchInput({ value, onChange, placeholder, className }: SearchInputProps) {
  const ref = useRef<HTMLInputElement>(null)
  const handleKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== '/' || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return
    event.preventDefault()
    ref.current?.focus()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => handleKey(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
  return (
    <Input
      ref={ref}
      type="search"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onChange('')
        event.currentTarget.blur()
      }}
      placeholder={placeholder}
      aria-label={placeholder}
      icon={<Search />}
      trailing={<Kbd>/</Kbd>}
      {...(className === undefined ? {} : { className })}
    />
  )
}
