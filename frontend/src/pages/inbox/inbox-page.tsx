import clsx from 'clsx'
import { Inbox } from 'lucide-react'
import { useContext, useEffect, useEffectEvent, useMemo, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { describeError } from '../../api/describe-error.ts'
import { usePrompt, usePrompts } from '../../api/prompts.ts'
import { useMay } from '../../api/rights.ts'
import { useElsewhere } from '../../app/use-elsewhere.tsx'
import { type Command, useCommands } from '../../stores/command-store.ts'
import { Chip } from '../../ui/chip.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorPage } from '../../ui/error-page.tsx'
import { isTyping } from '../../ui/is-typing.ts'
import { Kbd } from '../../ui/kbd.tsx'
import { useNow } from '../../ui/now.ts'
import { usePageTitle } from '../../ui/page-title.ts'
import { QueryGate } from '../../ui/query-gate.tsx'
import { SearchInput } from '../../ui/search-input.tsx'
import { TopBarEndContext } from '../../ui/top-bar.tsx'
import { byDeadline, groupByDay } from './deadline-groups.ts'
import { PromptDetail } from './prompt-detail.tsx'
import { PromptList } from './prompt-list.tsx'
import { useSoftClose } from './soft-close.ts'

export default function InboxPage() {
  usePageTitle('Inbox')
  const [params, setParams] = useSearchParams()
  const navigate = useNavigate()
  const isAnsweredTab = params.get('tab') === 'answered'
  const asked = params.get('question')
  const [search, setSearch] = useState('')
  const mayAnswer = useMay('answer')
  const openPrompts = usePrompts('open')
  const answeredPrompts = usePrompts('answered')
  const query = isAnsweredTab ? answeredPrompts : openPrompts
  const now = useNow(60_000)

  const items = useMemo(() => {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean)
    const found = (query.data ?? []).filter((prompt) =>
      words.every((word) => `${prompt.prompt} ${prompt.workflowName} ${prompt.nodeName}`.toLowerCase().includes(word)),
    )
    return isAnsweredTab ? found.toSorted((a, b) => (b.answeredAt ?? 0) - (a.answeredAt ?? 0)) : byDeadline(found)
  }, [query.data, search, isAnsweredTab])
  const groups = isAnsweredTab ? (items.length === 0 ? [] : [{ title: 'Latest first', items }]) : groupByDay(items, now)

  const selectedId = asked
  const selected = useElsewhere(
    usePrompt(selectedId ?? undefined),
    `/api/prompts/${encodeURIComponent(selectedId ?? '')}`,
  )
  const shown = selected.data ?? items.find((item) => item.requestId === selectedId)

  const select = (requestId: string | null) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        if (requestId === null) next.delete('question')
        else next.set('question', requestId)
        return next
      },
      { replace: asked !== null || isWide() },
    )
  const move = (by: number) => {
    const at = items.findIndex((item) => item.requestId === selectedId)
    const next = items[Math.min(items.length - 1, Math.max(0, at + by))]
    if (next === undefined) return
    select(next.requestId)
    document.querySelector(`[data-request="${CSS.escape(next.requestId)}"]`)?.scrollIntoView({ block: 'nearest' })
  }
  const openRun = () => shown !== undefined && void navigate(`/executions/${shown.executionId}`)

  const handleKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return
    if (event.key === 'j' || event.key === 'ArrowDown') move(1)
    else if (event.key === 'k' || event.key === 'ArrowUp') move(-1)
    else if (event.key === 'o') openRun()
    else return
    event.preventDefault()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => handleKey(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
  useCommands('inbox', inboxKeys)

  useSoftClose(isAnsweredTab ? undefined : shown, (gone) =>
    select(items.find((item) => item.requestId !== gone)?.requestId ?? null),
  )

  // On a wide screen something is always open; on a phone the list comes first.
  const firstId = items[0]?.requestId ?? null
  useEffect(() => {
    if (asked !== null || firstId === null || !isWide()) return
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        next.set('question', firstId)
        return next
      },
      { replace: true },
    )
  }, [asked, firstId, setParams])

  const openCount = openPrompts.data?.length ?? 0
  return (
    <div className="flex min-h-0 flex-1">
      <section
        aria-label="Questions"
        className={clsx(
          'flex w-full min-w-0 flex-col bg-surface md:w-[416px] md:shrink-0 md:border-r',
          asked !== null && 'max-md:hidden',
        )}
      >
        <header className="border-b px-5 pt-4 pb-3">
          <div className="flex items-baseline justify-between gap-3">
            <h1 className="text-t2">Inbox</h1>
            <span className="ml-auto text-small text-ink-2">
              {openPrompts.data !== undefined && `${openCount} open`}
            </span>
            <span className="-my-2 self-center">{useContext(TopBarEndContext)}</span>
          </div>
          <SearchInput value={search} onChange={setSearch} placeholder="Search questions" className="mt-3" />
          <div className="mt-2.5 flex gap-2">
            <Chip
              selected={!isAnsweredTab}
              onClick={() => setParams({}, { replace: true })}
              {...(openCount > 0 ? { count: openCount } : {})}
            >
              By deadline
            </Chip>
            <Chip selected={isAnsweredTab} onClick={() => setParams({ tab: 'answered' }, { replace: true })}>
              Answered
            </Chip>
          </div>
        </header>
        <div className="min-h-0 flex-1 overflow-y-auto pb-4">
          <QueryGate query={query} what="the questions" describe={describeError}>
            {() =>
              groups.length === 0 ? (
                <NoQuestions search={search} isAnsweredTab={isAnsweredTab} />
              ) : (
                <PromptList groups={groups} selectedId={selectedId} onSelect={select} />
              )
            }
          </QueryGate>
        </div>
        <footer className="hidden items-center gap-3 border-t px-5 py-2.5 text-small text-ink-2 md:flex">
          <span className="flex items-center gap-1">
            <Kbd>J</Kbd>
            <Kbd>K</Kbd> next, previous
          </span>
          {mayAnswer && (
            <span className="flex items-center gap-1">
              <Kbd>1</Kbd>–<Kbd>9</Kbd> answer
            </span>
          )}
          <span className="flex items-center gap-1">
            <Kbd>O</Kbd> open the run
          </span>
        </footer>
      </section>
      <main className={clsx('flex min-h-0 min-w-0 flex-1 flex-col', asked === null && 'max-md:hidden')}>
        {shown !== undefined && <PromptDetail key={shown.requestId} prompt={shown} onBack={() => select(null)} />}
        {shown === undefined && selected.error !== null && (
          <ErrorPage
            title="Could not open this question"
            code={describeError(selected.error).code}
            onRetry={() => select(null)}
          >
            {describeError(selected.error).message}
          </ErrorPage>
        )}
        {shown === undefined &&
          selectedId === null &&
          openPrompts.data !== undefined &&
          items.length === 0 &&
          search === '' &&
          !isAnsweredTab && (
            <EmptyState icon={<Inbox />} title="Nobody needs you right now">
              When a run reaches a step that asks a person, its question appears here at once, and the run waits for the
              answer.
            </EmptyState>
          )}
      </main>
    </div>
  )
}

function isWide(): boolean {
  return window.matchMedia('(min-width: 768px)').matches
}

const inboxKeys: readonly Command[] = [
  {
    id: 'inbox:next',
    label: 'Next and previous question',
    section: 'Inbox',
    shortcut: 'J K',
    hidden: true,
    run: () => undefined,
  },
  {
    id: 'inbox:answer',
    label: 'Choose an answer',
    section: 'Inbox',
    shortcut: '1 – 9',
    hidden: true,
    run: () => undefined,
  },
  { id: 'inbox:run', label: 'Open the run', section: 'Inbox', shortcut: 'O', hidden: true, run: () => undefined },
]

function NoQuestions({ search, isAnsweredTab }: { search: string; isAnsweredTab: boolean }) {
  if (search !== '') return <p className="px-5 py-6 text-ink-2">No question has “{search}” in it.</p>
  return (
    <p className="px-5 py-6 text-ink-2">
      {isAnsweredTab ? 'Answers that were given appear here, with who gave them.' : 'No open questions.'}
    </p>
  )
}
