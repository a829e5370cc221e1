import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../../../ui/button.tsx'
import { IconButton } from '../../../ui/icon-button.tsx'

export interface ListEditorProps<Item> {
  items: readonly Item[]
  onChange: (items: Item[]) => void
  create: () => Item
  max: number
  addLabel: string
  /** Name of one for screen readers: "field". */
  noun: string
  disabled?: boolean
  /** False: their order means nothing. */
  canMove?: boolean
  children: (item: Item, change: (item: Item) => void, index: number) => ReactNode
}

/** Rows that can be added, changed, moved and removed. */
export function ListEditor<Item>({
  items,
  onChange,
  create,
  max,
  addLabel,
  noun,
  disabled,
  canMove = true,
  children,
}: ListEditorProps<Item>) {
  const swap = (index: number, other: number) => {
    const next = [...items]
    const [a, b] = [next[index], next[other]]
    if (a === undefined || b === undefined) return
    next[index] = b
    next[other] = a
    onChange(next)
  }
  return (
    <div className="flex flex-col gap-2">
      {items.map((item, index) => (
        <div key={index} className="group/row relative flex flex-col gap-2 rounded-control border bg-surface p-2 pr-9">
          {children(item, (changed) => onChange(items.map((one, at) => (at === index ? changed : one))), index)}
          {disabled !== true && (
            <div className="absolute top-1.5 right-1 flex flex-col opacity-60 group-focus-within/row:opacity-100 group-hover/row:opacity-100">
              <IconButton
                size="small"
                variant="danger"
                side="left"
                label={`Remove ${noun} ${index + 1}`}
                icon={<Trash2 />}
                onClick={() => onChange(items.filter((_, at) => at !== index))}
              />
              {canMove && index > 0 && (
                <IconButton
                  size="small"
                  side="left"
                  label={`Move ${noun} ${index + 1} up`}
                  icon={<ArrowUp />}
                  onClick={() => swap(index, index - 1)}
                />
              )}
              {canMove && index === 0 && items.length > 1 && (
                <IconButton
                  size="small"
                  side="left"
                  label={`Move ${noun} 1 down`}
                  icon={<ArrowDown />}
                  onClick={() => swap(0, 1)}
                />
              )}
            </div>
          )}
        </div>
      ))}
      {disabled !== true && items.length < max && (
        <Button
          size="small"
          variant="quiet"
          icon={<Plus />}
          className="self-start"
          onClick={() => onChange([...items, create()])}
        >
          {addLabel}
        </Button>
      )}
    </div>
  )
}
