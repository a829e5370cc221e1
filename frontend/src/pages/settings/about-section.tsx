import { describeError } from '../../api/describe-error.ts'
import { useHealth } from '../../api/settings.ts'
import { useDebugFrames } from '../../live/debug-frames.ts'
import { SectionCard } from '../../ui/card.tsx'
import { Duration } from '../../ui/duration.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { QueryGate } from '../../ui/query-gate.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { StateLabel } from '../../ui/state-chip.tsx'
import { Switch } from '../../ui/switch.tsx'

/** The server's health, part by part. */
export function AboutSection() {
  const health = useHealth()
  return (
    <SectionCard title="About">
      <QueryGate
        query={health}
        what="the server's health"
        describe={describeError}
        loading={<Skeleton className="h-24 w-full" />}
      >
        {(data) => (
          <FactList
            facts={[
              [
                'Version',
                <span key="version" className="font-mono text-small">
                  {data.version}
                </span>,
              ],
              ['Running for', <Duration key="uptime" ms={data.uptimeMs} />],
              ...Object.entries(data.components).map(
                ([name, component]) =>
                  [
                    name.charAt(0).toUpperCase() + name.slice(1),
                    <span key={name} className="flex items-center gap-3">
                      <StateLabel state={component.status === 'ok' ? 'completed' : 'failed'}>
                        {component.status === 'ok' ? 'Working' : 'Away'}
                      </StateLabel>
                      {component.detail !== undefined && (
                        <span className="truncate text-small text-ink-2">{component.detail}</span>
                      )}
                    </span>,
                  ] as const,
              ),
            ]}
          />
        )}
      </QueryGate>
      <DebugSwitch />
    </SectionCard>
  )
}

function DebugSwitch() {
  const { isOn, turn } = useDebugFrames()
  return (
    <div className="mt-3 flex items-center justify-between gap-3 border-t pt-3">
      <div>
        <p>Show the socket in the console</p>
        <p className="text-small text-ink-2">What the server says and what is asked of it. Kept in this browser.</p>
      </div>
      <Switch aria-label="Show the socket in the console" checked={isOn} onCheckedChange={turn} />
    </div>
  )
}
