import { useState } from 'react'
import { Textarea } from '../../../ui/textarea.tsx'

export interface JsonInputProps {
  value: unknown
  /** undefined: the field was emptied. */
  onChange: (value: unknown) => void
  onFault: (fault: string | null) => void
  disabled?: boolean
}

/** JSON as text; only what parses is passed on. */
export function JsonInput({ value, onChange, onFault, disabled }: JsonInputProps) {
  const written = value === undefined ? '' : JSON.stringify(value, null, 2)
  const [typed, setTyped] = useState<{ text: string; for: string } | null>(null)
  const text = typed !== null && typed.for === written ? typed.text : written
  return (
    <Textarea
      mono
      rows={3}
      value={text}
      disabled={disabled === true}
      spellCheck={false}
      onChange={(event) => {
        const next = event.target.value
        if (next.trim() === '') {
          onFault(null)
          setTyped({ text: next, for: '' })
          return onChange(undefined)
        }
        try {
          const parsed: unknown = JSON.parse(next)
          if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Error('not an object')
          onFault(null)
          setTyped({ text: next, for: JSON.stringify(parsed, null, 2) })
          onChange(parsed)
        } catch {
          onFault('This is not a JSON object.')
          setTyped({ text: next, for: written })
        }
      }}
    />
  )
}
