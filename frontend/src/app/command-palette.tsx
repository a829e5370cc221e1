import { Command as Cmdk } from 'cmdk'
import { CornerDownLeft, Search } from 'lucide-react'
import { Dialog } from 'radix-ui'
import type { ReactNode } from 'react'
import { useNavigate } from 'react-router'
import { useExecutions } from '../api/executions.ts'
import { useWorkflows } from '../api/workflows.ts'
import { type Command, useCommandStore } from '../stores/command-store.ts'
import { Kbd } from '../ui/kbd.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'

/** ⌘K: every page, workflow, recent run and command. */
export function CommandPalette() {
  const { isPaletteOpen, setPaletteOpen } = useCommandStore()
  return (
    <Dialog.Root open={isPaletteOpen} onOpenChange={setPaletteOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-50 bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-50 w-[min(600px,calc(100vw-24px))] -translate-x-1/2 animate-appear overflow-hidden rounded-card border border-line bg-raised shadow-raised outline-none"
        >
          <Dialog.Title className="sr-only">Search and commands</Dialog.Title>
          <PaletteBody close={() => setPaletteOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function PaletteBody({ close }: { close: () => void }) {
  const groups = useCommandStore((state) => state.groups)
  const workflows = useWorkflows().data ?? []
  const executions = useExecutions({}, 20).data?.pages[0]?.items ?? []
  const navigate = useNavigate()
  const commands = Object.values(groups)
    .flat()
    .filter((command) => command.hidden !== true)
  const sectionNames = [...new Set(commands.map((command) => command.section))]
  // The page's own commands first, those of the whole app last.
  sectionNames.sort((a, b) => rank(a) - rank(b))
  const open = (path: string) => {
    close()
    void navigate(path)
  }
  const run = (command: Command) => {
    close()
    command.run()
  }
  return (
    <Cmdk label="Search and commands" loop className="flex max-h-[64vh] flex-col">
      <div className="flex items-center gap-3 border-b px-4">
        <Search className="size-4 shrink-0 text-ink-3" />
        <Cmdk.Input
          autoFocus
          placeholder="Search workflows, runs and commands"
          className="h-12 w-full bg-transparent text-t3 outline-none"
        />
        <Kbd>Esc</Kbd>
      </div>
      <Cmdk.List className="min-h-0 flex-1 overflow-y-auto p-1.5">
        <Cmdk.Empty className="px-3 py-8 text-center text-ink-2">Nothing has this name.</Cmdk.Empty>
        {sectionNames.map((name) => (
          <Group key={name} heading={name}>
            {commands
              .filter((command) => command.section === name)
              .map((command) => (
                <Item
                  key={command.id}
                  value={`${command.label} ${command.keywords ?? ''} ${command.id}`}
                  onSelect={() => run(command)}
                >
                  <span className="flex-1 truncate">{command.label}</span>
                  {command.shortcut !== undefined && <Kbd>{command.shortcut}</Kbd>}
                </Item>
              ))}
          </Group>
        ))}
        {workflows.length > 0 && (
          <Group heading="Workflows">
            {workflows.slice(0, 100).map((workflow) => (
              <Item
                key={workflow.id}
                value={`${workflow.name} workflow ${workflow.id}`}
                onSelect={() => open(`/workflows/${workflow.id}`)}
              >
                <span className="flex-1 truncate">{workflow.name}</span>
                <span className="text-small text-ink-3">v{workflow.version}</span>
              </Item>
            ))}
          </Group>
        )}
        {executions.length > 0 && (
          <Group heading="Recent runs">
            {executions.map((execution) => (
              <Item
                key={execution.executionId}
                value={`${execution.workflowName} run ${execution.executionId}`}
                onSelect={() => open(`/executions/${execution.executionId}`)}
              >
                <StateGlyph state={execution.status} labelled />
                <span className="flex-1 truncate">
                  {execution.workflowName}{' '}
                  <span className="font-mono text-small text-ink-3">{execution.executionId.slice(0, 12)}</span>
                </span>
                <RelativeTime at={execution.createdAt} className="text-small text-ink-3" />
              </Item>
            ))}
          </Group>
        )}
      </Cmdk.List>
      <footer className="flex items-center gap-3 border-t px-4 py-2 text-small text-ink-3">
        <span className="inline-flex items-center gap-1.5">
          <CornerDownLeft className="size-3.5" /> open
        </span>
        <span>↑ ↓ choose</span>
      </footer>
    </Cmdk>
  )
}

function rank(section: string): number {
  if (section === 'Go to') return 1
  return section === 'Everywhere' ? 2 : 0
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Cmdk.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-small [&_[cmdk-group-heading]]:text-ink-3"
    >
      {children}
    </Cmdk.Group>
  )
}

function Item({ value, onSelect, children }: { value: string; onSelect: () => void; children: ReactNode }) {
  return (
    <Cmdk.Item
      value={value}
      onSelect={onSelect}
      className="flex h-9 cursor-pointer items-center gap-2.5 rounded-control px-2.5 data-[selected=true]:bg-hover"
    >
      {children}
    </Cmdk.Item>
  )
}
