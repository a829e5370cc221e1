import { GripVertical, PanelLeftClose, Search } from 'lucide-react'
import { useState } from 'react'
import { useNodeTypes } from '../../api/workflows.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { Input } from '../../ui/input.tsx'
import { Kbd } from '../../ui/kbd.tsx'
import { Tooltip } from '../../ui/tooltip.tsx'
import { NodeIcon } from '../node-icon.ts'
import { stepGroups } from './step-list.ts'

/** Media type under which a dragged step's type travels. */
export const stepDragType = 'application/x-millrace-step'

export interface PaletteDrawerProps {
  onAdd: (type: string) => void
  onClose: () => void
}

/** Every type of step, by group. Dragged onto the paper or clicked. */
export function PaletteDrawer({ onAdd, onClose }: PaletteDrawerProps) {
  const [query, setQuery] = useState('')
  const types = useNodeTypes().data
  const found = stepGroups(query)
  return (
    <aside
      aria-label="Steps"
      className="flex w-(--palette) shrink-0 flex-col border-r bg-surface max-lg:absolute max-lg:inset-y-0 max-lg:left-0 max-lg:z-20 max-lg:shadow-raised"
    >
      <div className="flex items-center gap-1 p-3">
        <Input
          icon={<Search />}
          placeholder="Find a step"
          aria-label="Find a step"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            const first = found[0]?.steps[0]
            if (event.key === 'Enter' && first !== undefined) onAdd(first.type)
            if (event.key === 'Escape') setQuery('')
          }}
          trailing={<Kbd>N</Kbd>}
        />
        <IconButton label="Hide the steps" icon={<PanelLeftClose />} onClick={onClose} />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-3">
        {found.map((group) => (
          <section key={group.title} className="mb-3">
            <h3 className="px-2 py-1 text-small font-text text-ink-2">{group.title}</h3>
            <ul>
              {group.steps.map((step) => {
                const info = types?.find((candidate) => candidate.type === step.type)
                return (
                  <li key={step.type}>
                    <PaletteRow
                      type={step.type}
                      title={step.title}
                      description={step.description}
                      away={info?.available === false ? (info.reason ?? 'Not available here') : null}
                      onAdd={onAdd}
                    />
                  </li>
                )
              })}
            </ul>
          </section>
        ))}
        {found.length === 0 && <p className="px-2 py-4 text-ink-2">No step is called that.</p>}
      </div>
    </aside>
  )
}

function PaletteRow({
  type,
  title,
  description,
  away,
  onAdd,
}: {
  type: string
  title: string
  description: string
  away: string | null
  onAdd: (type: string) => void
}) {
  return (
    <Tooltip content={away === null ? description : `${description}. ${away}`} side="right">
      <button
        type="button"
        draggable
        onDragStart={(event) => {
          event.dataTransfer.setData(stepDragType, type)
          event.dataTransfer.effectAllowed = 'copy'
        }}
        onClick={() => onAdd(type)}
        className="group flex h-[30px] w-full cursor-grab items-center gap-3 rounded-control px-2 text-left hover:bg-hover active:cursor-grabbing"
      >
        <NodeIcon type={type} className="size-4 text-ink-2" />
        <span className={away === null ? 'flex-1 truncate' : 'flex-1 truncate text-ink-3'}>{title}</span>
        <GripVertical aria-hidden="true" className="size-3.5 text-ink-3 opacity-0 group-hover:opacity-100" />
      </button>
    </Tooltip>
  )
}
