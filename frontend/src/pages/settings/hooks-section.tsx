import type { Hook } from '@millrace/shared/api/hooks'
import { ChevronDown, ChevronRight, KeyRound, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { useChangeHook, useDeleteHook, useHooks } from '../../api/hooks.ts'
import { useMay } from '../../api/rights.ts'
import { Button } from '../../ui/button.tsx'
import { SectionCard } from '../../ui/card.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { QueryGate } from '../../ui/query-gate.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Switch } from '../../ui/switch.tsx'
import { toast } from '../../ui/toast.tsx'
import { CreateHookDialog } from './create-hook-dialog.tsx'
import { HookDeliveries } from './hook-deliveries.tsx'
import { hookEventWords } from './hook-event-words.ts'
import { RotateSecretDialog } from './rotate-secret-dialog.tsx'

/** Addresses that are told of events, and what became of it. */
export function HooksSection() {
  const mayEdit = useMay('edit')
  const hooks = useHooks(mayEdit)
  const [isCreating, setCreating] = useState(false)
  const [toDelete, setToDelete] = useState<Hook | null>(null)
  const [toRotate, setToRotate] = useState<Hook | null>(null)
  return (
    <SectionCard
      title="Hooks"
      trailing={
        mayEdit && (
          <Button size="small" icon={<Plus />} onClick={() => setCreating(true)}>
            New hook
          </Button>
        )
      }
    >
      <p className="mb-2 text-ink-2">
        Tell other systems what happens here: each event is sent as a signed request, and tried again for hours where it
        fails.
      </p>
      {mayEdit ? (
        <QueryGate
          query={hooks}
          what="the hooks"
          describe={describeError}
          loading={<Skeleton className="h-10 w-full" />}
        >
          {(items) =>
            items.length === 0 ? (
              <p className="py-2 text-small text-ink-3">There is no hook yet.</p>
            ) : (
              <ul aria-label="Hooks">
                {items.map((hook) => (
                  <HookRow
                    key={hook.id}
                    hook={hook}
                    onRotate={() => setToRotate(hook)}
                    onDelete={() => setToDelete(hook)}
                  />
                ))}
              </ul>
            )
          }
        </QueryGate>
      ) : (
        <p className="py-2 text-small text-ink-3">Owners and editors see and change them.</p>
      )}
      <CreateHookDialog open={isCreating} onOpenChange={setCreating} />
      {toRotate !== null && <RotateSecretDialog hook={toRotate} onClose={() => setToRotate(null)} />}
      <DeleteDialog hook={toDelete} onClose={() => setToDelete(null)} />
    </SectionCard>
  )
}

interface HookRowProps {
  hook: Hook
  onRotate: () => void
  onDelete: () => void
}

function HookRow({ hook, onRotate, onDelete }: HookRowProps) {
  const [isOpen, setOpen] = useState(false)
  const change = useChangeHook(hook.id)
  const host = new URL(hook.url).host
  return (
    <li className="border-t">
      <div className="flex items-center gap-3 py-2.5">
        <IconButton
          size="small"
          label={isOpen ? 'Hide the deliveries' : 'Show the deliveries'}
          icon={isOpen ? <ChevronDown /> : <ChevronRight />}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        />
        <div className="min-w-0 flex-1">
          <p className="truncate font-mid">{hook.url}</p>
          <p className="truncate text-small text-ink-2">
            {hook.workflowId !== null && 'one workflow · '}
            {hook.eventTypes.map(hookEventWords).join(' · ')}
          </p>
        </div>
        <Switch
          aria-label={`Tell ${host}`}
          checked={hook.isActive}
          disabled={change.isPending}
          onCheckedChange={(isActive) =>
            change.mutate(
              { isActive },
              {
                onError: (error) =>
                  toast.failed('The hook was not changed', { description: describeError(error).message }),
              },
            )
          }
        />
        <IconButton label={`New secret for ${host}`} icon={<KeyRound />} onClick={onRotate} />
        <IconButton label={`Delete the hook to ${host}`} icon={<Trash2 />} variant="danger" onClick={onDelete} />
      </div>
      {isOpen && <HookDeliveries hookId={hook.id} />}
    </li>
  )
}

function DeleteDialog({ hook, onClose }: { hook: Hook | null; onClose: () => void }) {
  const remove = useDeleteHook()
  return (
    <ConfirmDialog
      open={hook !== null}
      onOpenChange={(open) => !open && onClose()}
      title="Delete this hook?"
      confirmLabel="Delete the hook"
      onConfirm={() =>
        hook !== null &&
        remove.mutate(hook.id, {
          onError: (error) => toast.failed('The hook was not deleted', { description: describeError(error).message }),
        })
      }
    >
      {hook?.url} is told nothing any more, and what was sent to it can no longer be seen.
    </ConfirmDialog>
  )
}
