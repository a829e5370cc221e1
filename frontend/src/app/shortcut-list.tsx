import { useCommandStore } from '../stores/command-store.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Kbd } from '../ui/kbd.tsx'

/** `?`: every key that does something on this page. */
export function ShortcutList() {
  const { isShortcutListOpen, setShortcutListOpen, groups } = useCommandStore()
  const commands = Object.values(groups)
    .flat()
    .filter((command) => command.shortcut !== undefined)
  const names = [...new Set(commands.map((command) => command.section))]
  return (
    <Dialog open={isShortcutListOpen} onOpenChange={setShortcutListOpen} title="Shortcuts" size="medium">
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        {names.map((name) => (
          <section key={name}>
            <h3 className="mb-1 text-small text-ink-3">{name}</h3>
            <ul>
              {commands
                .filter((command) => command.section === name)
                .map((command) => (
                  <li key={command.id} className="flex items-center justify-between gap-3 py-1">
                    <span className="truncate">{command.label}</span>
                    <span className="flex gap-1">
                      {command.shortcut?.split(' ').map((key) => (
                        <Kbd key={key}>{key}</Kbd>
                      ))}
                    </span>
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
