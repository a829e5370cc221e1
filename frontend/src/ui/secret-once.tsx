import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { Button } from './button.tsx'
import { copyText } from './copy-text.ts'

/** A secret that is shown this once, with a button to copy it. */
export function SecretOnce({ value }: { value: string }) {
  const [copied, setCopied] = useState(false)
  return (
    <div className="flex items-center gap-2">
      <code className="min-w-0 flex-1 rounded-control border bg-sunk px-3 py-2 font-mono text-small break-all select-all">
        {value}
      </code>
      <Button icon={copied ? <Check /> : <Copy />} onClick={() => void copyText(value).then(setCopied)}>
        {copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  )
}
