import { Copy } from 'lucide-react'
import { copyText } from '../../ui/copy-text.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Markdown } from '../../ui/markdown.tsx'
import { toast } from '../../ui/toast.tsx'

/** Characters of JSON that are drawn; more would make the page slow, and can be copied. */
const jsonCharactersMax = 20_000

/** An output as people read it: a text as Markdown, data as fields, anything else as JSON. */
export function OutputView({ output, label = 'Output' }: { output: unknown; label?: string }) {
  if (typeof output === 'object' && output !== null && !Array.isArray(output)) {
    const entries = Object.entries(output)
    if (entries.length === 0) return <p className="text-ink-2">Nothing came out.</p>
    return (
      <dl className="flex flex-col gap-3">
        {entries.map(([name, value]) =>
          isShort(value) ? (
            <div key={name} className="flex items-baseline gap-3">
              <dt className="w-28 shrink-0 truncate font-mono text-small text-ink-2" title={name}>
                {name}
              </dt>
              <dd className="min-w-0 flex-1">
                <Value value={value} />
              </dd>
            </div>
          ) : (
            <div key={name}>
              <dt className="flex items-center justify-between font-mono text-small text-ink-2">
                {name}
                <CopyButton value={value} label={name} />
              </dt>
              <dd className="mt-0.5">
                <Value value={value} />
              </dd>
            </div>
          ),
        )}
      </dl>
    )
  }
  return (
    <div aria-label={label}>
      <Value value={output} />
    </div>
  )
}

/** What fits on the line of its name. */
function isShort(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= 60 && !value.includes('\n')
  return typeof value !== 'object' || value === null
}

function Value({ value }: { value: unknown }) {
  if (typeof value === 'string') {
    if (value === '') return <p className="text-ink-3">empty</p>
    const isLong = value.includes('\n') || value.length > 80
    return isLong ? (
      <div className="rounded-control border bg-surface px-3 py-2">
        <Markdown text={value} />
      </div>
    ) : (
      <p className="break-words whitespace-pre-wrap">{value}</p>
    )
  }
  if (typeof value !== 'object' || value === null) return <code className="font-mono text-small">{String(value)}</code>
  const json = JSON.stringify(value, null, 2)
  return (
    <pre className="max-h-96 overflow-auto rounded-control border bg-sunk p-2.5 font-mono text-micro break-words whitespace-pre-wrap">
      {json.length > jsonCharactersMax ? `${json.slice(0, jsonCharactersMax)}\n…` : json}
    </pre>
  )
}

function CopyButton({ value, label }: { value: unknown; label: string }) {
  return (
    <IconButton
      size="small"
      label={`Copy ${label}`}
      icon={<Copy />}
      onClick={() =>
        void copyText(typeof value === 'string' ? value : JSON.stringify(value, null, 2)).then((done) => {
          if (done) toast.done('Copied', { durationMs: 1500 })
        })
      }
    />
  )
}
