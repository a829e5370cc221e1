import type { SearchHit } from '@millrace/shared/api/knowledge'
import { useMutation } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { searchKnowledge } from '../../api/knowledge.ts'
import { Chip } from '../../ui/chip.tsx'
import { FormError } from '../../ui/form-error.tsx'
import { Input } from '../../ui/input.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Highlight } from './highlight.tsx'

type Mode = 'hybrid' | 'text' | 'vector'

const modes: readonly { mode: Mode; label: string }[] = [
  { mode: 'hybrid', label: 'Both' },
  { mode: 'text', label: 'Words' },
  { mode: 'vector', label: 'Meaning' },
]

const hitsMax = 8

interface Asked {
  query: string
  mode: Mode
}

/** Tries a search as a step would make it: what is found, and how well it fits. */
export function SearchPane({ knowledgeBaseId, passageCount }: { knowledgeBaseId: string; passageCount: number }) {
  const [query, setQuery] = useState('')
  const [mode, setMode] = useState<Mode>('hybrid')
  const search = useMutation({
    mutationFn: async (asked: Asked) => {
      const begun = performance.now()
      const { items } = await searchKnowledge(knowledgeBaseId, { ...asked, limit: hitsMax })
      return { items, asked, tookMs: Math.round(performance.now() - begun) }
    },
  })
  const ask = (asked: Asked) => {
    if (asked.query.trim() !== '') search.mutate(asked)
  }
  const failure = search.error === null ? null : describeError(search.error)

  return (
    <div className="flex min-h-0 flex-col bg-surface">
      <form
        role="search"
        className="border-b px-5 pt-5 pb-3"
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          ask({ query, mode })
        }}
      >
        <h2 className="text-t3">Try a search</h2>
        <Input
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          icon={<Search />}
          trailing={<Kbd>↵</Kbd>}
          placeholder="Ask as a step would"
          aria-label="Search the passages"
          className="mt-2.5"
        />
        <div className="mt-2.5 flex items-center gap-1.5">
          {modes.map((item) => (
            <Chip
              key={item.mode}
              selected={mode === item.mode}
              onClick={() => {
                setMode(item.mode)
                if (search.data !== undefined) ask({ query, mode: item.mode })
              }}
            >
              {item.label}
            </Chip>
          ))}
          {search.data !== undefined && (
            <span className="ml-auto text-small text-ink-2">
              {search.data.items.length} of {passageCount.toLocaleString()} · {search.data.tookMs} ms
            </span>
          )}
        </div>
      </form>
      <div aria-live="polite" className="min-h-0 flex-1 overflow-y-auto">
        {failure !== null && (
          <div className="p-5">
            <FormError message={failure.message} code={failure.code} />
          </div>
        )}
        {search.data === undefined && failure === null && (
          <p className="px-5 py-6 text-pretty text-ink-2">
            Ask a question to see which passages a step would get, the best first, with their scores from 0 to 1.
          </p>
        )}
        {search.data?.items.length === 0 && (
          <p className="px-5 py-6 text-ink-2">No passage fits. Try other words, or search by meaning.</p>
        )}
        <ol>
          {search.data?.items.map((hit, index) => (
            <Hit
              key={`${hit.documentId}:${hit.chunkIndex}`}
              hit={hit}
              rank={index + 1}
              query={search.data?.asked.query ?? ''}
            />
          ))}
        </ol>
      </div>
    </div>
  )
}

function Hit({ hit, rank, query }: { hit: SearchHit; rank: number; query: string }) {
  return (
    <li className="flex gap-4 border-b px-5 py-4">
      <span className="w-3 shrink-0 text-small text-ink-3">{rank}</span>
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-3">
          <p className="min-w-0 flex-1 truncate">
            <span className="font-title">{hit.documentName}</span>
            <span className="text-small text-ink-2"> · passage {hit.chunkIndex + 1}</span>
          </p>
          <span aria-hidden="true" className="h-1 w-14 overflow-hidden rounded-full bg-line-strong">
            <span
              className="block h-full bg-ink-2"
              style={{ width: `${Math.min(1, Math.max(0, hit.score)) * 100}%` }}
            />
          </span>
          <span className="font-mono text-small" aria-label={`score ${hit.score.toFixed(2)}`}>
            {hit.score.toFixed(2)}
          </span>
        </div>
        <p className="mt-1 line-clamp-6 break-words whitespace-pre-line">
          <Highlight text={hit.text} query={query} />
        </p>
      </div>
    </li>
  )
}
