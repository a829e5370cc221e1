import type { HookDelivery } from '@millrace/shared/api/hooks'
import { RotateCw } from 'lucide-react'
import { describeError } from '../../api/describe-error.ts'
import { useHookDeliveries, useRedeliver } from '../../api/hooks.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { QueryGate } from '../../ui/query-gate.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { StateLabel } from '../../ui/state-chip.tsx'
import { toast } from '../../ui/toast.tsx'
import { hookEventWords } from './hook-event-words.ts'

/** What a hook was sent last, and how each ended. */
export function HookDeliveries({ hookId }: { hookId: string }) {
  const deliveries = useHookDeliveries(hookId)
  const redeliver = useRedeliver(hookId)
  return (
    <QueryGate
      query={deliveries}
      what="the deliveries"
      describe={describeError}
      loading={<Skeleton className="h-8 w-full" />}
    >
      {(items) =>
        items.length === 0 ? (
          <p className="pb-3 pl-7 text-small text-ink-3">Nothing was sent yet.</p>
        ) : (
          <ul aria-label="Deliveries" className="mb-3 ml-7 rounded-control bg-sunk px-3 py-1.5">
            {items.map((delivery) => (
              <li key={delivery.seq} className="flex items-center gap-3 py-1 text-small">
                <Outcome delivery={delivery} />
                <p className="min-w-0 flex-1 truncate text-ink-2">
                  {hookEventWords(delivery.eventType)} · {wordsOf(delivery)}
                </p>
                <span className="shrink-0 text-ink-3">
                  <RelativeTime at={delivery.finishedAt ?? delivery.createdAt} />
                </span>
                <IconButton
                  size="small"
                  label={`Send number ${delivery.seq} again`}
                  icon={<RotateCw />}
                  disabled={redeliver.isPending || delivery.status === 'waiting'}
                  onClick={() =>
                    redeliver.mutate(delivery.seq, {
                      onError: (error) =>
                        toast.failed('It was not sent again', { description: describeError(error).message }),
                    })
                  }
                />
              </li>
            ))}
          </ul>
        )
      }
    </QueryGate>
  )
}

function Outcome({ delivery: { status, attempts } }: { delivery: HookDelivery }) {
  if (status === 'delivered') return <StateLabel state="completed">Delivered</StateLabel>
  if (status === 'failed') return <StateLabel state="failed">Failed</StateLabel>
  return <StateLabel state={attempts === 0 ? 'queued' : 'retrying'}>{attempts === 0 ? 'Due' : 'Trying'}</StateLabel>
}

function wordsOf({ attempts, error, responseStatus }: HookDelivery): string {
  if (attempts === 0) return 'not sent yet'
  const times = attempts === 1 ? 'one attempt' : `${attempts} attempts`
  const last = error ?? (responseStatus === null ? null : `HTTP ${responseStatus}`)
  return last === null ? times : `${times}, ${last}`
}
