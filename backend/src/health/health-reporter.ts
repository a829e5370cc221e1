import type { Health } from '@millrace/shared/api/health'

/** A part that the product needs. Resolves with a word about it for people, or rejects: it is away. Shows no secret. */
export type HealthCheck = () => Promise<string | undefined>

export interface HealthReporter {
  report(): Promise<Health>
  /** Whether requests may be sent here: parts that only make things slower may be away. */
  isReady(report: Health): boolean
  /** From now on `report` says degraded, so that load balancers look elsewhere while this process drains. */
  leave(): void
}

/** A part that takes longer counts as away. */
const checkTimeoutMs = 2000
/** Reports are asked for without authentication, so however many ask, a part is asked this often at most. */
const freshForMs = 1000

export interface HealthReporterOptions {
  version: string
  /** Epoch milliseconds. */
  startedAt: number
  /** Parts without which the product works, only slower. */
  optional?: Readonly<Record<string, HealthCheck>>
}

export function createHealthReporter(
  checks: Readonly<Record<string, HealthCheck>>,
  { version, startedAt, optional = {} }: HealthReporterOptions,
): HealthReporter {
  let latest: { madeAt: number; components: Promise<Health['components']> } | null = null
  let isLeaving = false
  return {
    async report() {
      const now = Date.now()
      if (latest === null || now - latest.madeAt > freshForMs)
        latest = { madeAt: now, components: checkAll({ ...checks, ...optional }) }
      const components = { ...(await latest.components) }
      if (isLeaving) components['process'] = { status: 'away', detail: 'shutting down' }
      const isWhole = Object.values(components).every(({ status }) => status === 'ok')
      return { status: isWhole ? 'ok' : 'degraded', version, uptimeMs: now - startedAt, components }
    },
    isReady({ components }) {
      return Object.entries(components).every(([name, { status }]) => status === 'ok' || name in optional)
    },
    leave() {
      isLeaving = true
    },
  }
}

async function checkAll(checks: Readonly<Record<string, HealthCheck>>): Promise<Health['components']> {
  return Object.fromEntries(
    await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await checkOne(check)] as const)),
  )
}

async function checkOne(check: HealthCheck): Promise<Health['components'][string]> {
  let timer: NodeJS.Timeout | undefined
  try {
    const detail = await Promise.race([
      check(),
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error('no answer in time')), checkTimeoutMs)
      }),
    ])
    return detail === undefined ? { status: 'ok' } : { status: 'ok', detail }
  } catch {
    // The cause may name hosts or users; the log of whoever noticed first has it.
    return { status: 'away' }
  } finally {
    clearTimeout(timer)
  }
}
