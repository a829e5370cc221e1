import type { LoggerPort } from '@millrace/temporal/ports'
import type { LiveAuthority, LiveConnections } from '../policies/live-authority.ts'
import { answerInTime } from '../repositories/answer-in-time.ts'
import { type AuthorityChange, readAuthorityChanges, readDatabaseClock } from '../repositories/authority-changes.ts'
import type { Database } from '../repositories/database.ts'
import { readMemberships } from '../repositories/workspaces.ts'
import { ChangedUsers } from './changed-users.ts'
import { HandledChanges } from './handled-changes.ts'

/** Between two looks. A right that another process took is gone here after this, a query and a write: well below a second. */
const intervalMs = 300
/** How much later than it is dated a change may become visible: longer than any transaction that makes one. */
export const overlapMs = 10_000
/**
 * How long after the beginning of the last look that succeeded events are delivered: a few looks may fail, for a
 * database that restarts is away for a moment. Beyond it whoever was shown out could read on, so nobody does.
 */
export const trustMs = 5000
/** Longest wait for what people belong to, milliseconds; every look waits behind it. */
const readMsMax = 3000
/** Changes read at a time: 500 a second over the whole overlap. With more, everybody is asked again who they are. */
const changesMax = 5000
/** Rows are kept for an hour. Without a look for this long some may have been missed. */
const blindMsMax = 30 * 60_000

/**
 * Keeps what is open in this process in step with rights as the database has them: at once for what this process
 * changed, and by looking for what others did, where the database is shared. While the database is away the looks go
 * on; nobody gets a right meanwhile, for every right is read from it, and after `trustMs` nobody is told an event.
 */
export class AuthorityWatch implements LiveAuthority {
  readonly #database: Database
  readonly #live: LiveConnections
  readonly #logger: LoggerPort
  readonly #users = new ChangedUsers()
  readonly #handled = new HandledChanges(overlapMs)
  readonly #isShared: boolean
  #timer: ReturnType<typeof setTimeout> | null = null
  #turn: Promise<void> = Promise.resolve()
  #lookedAt = Date.now()
  #isFailing = false
  #isClosed = false

  constructor({ database, live, logger }: { database: Database; live: LiveConnections; logger: LoggerPort }) {
    this.#database = database
    this.#live = live
    this.#logger = logger
    // PGlite belongs to one process, which hears of everything it does itself.
    this.#isShared = database.kind === 'postgres'
    this.#trust(performance.now())
    this.#schedule()
  }

  revoke(credentialId: string): number {
    return this.#live.revoke(credentialId)
  }

  refresh(userId: string): Promise<void> {
    this.#users.add(userId, Date.now())
    return this.#inTurn(() => this.#readAgain([userId]))
  }

  /** Resolves when no look is under way any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#turn
  }

  #schedule(): void {
    if (this.#isClosed) return
    this.#timer = setTimeout(() => {
      void this.#inTurn(() => this.#look()).then(() => this.#schedule())
    }, intervalMs)
    this.#timer.unref()
  }

  /** One after the other, so that what was read earlier is never applied later. Never rejects. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      if (this.#isClosed) return
      try {
        await work()
        this.#isFailing = false
      } catch (err) {
        if (!this.#isFailing) {
          this.#logger.warn({ tag: 'authority-unread', err }, 'Changed rights cannot be read; trying on')
        }
        this.#isFailing = true
      }
    })
    return this.#turn
  }

  #trust(sinceMs: number): void {
    if (this.#isShared) this.#live.trustUntil(sinceMs + trustMs)
  }

  async #look(): Promise<void> {
    const startedAt = performance.now()
    if (this.#isShared) await this.#readChanges()
    const now = Date.now()
    this.#users.forgetOld(now)
    // Who was identified before the change and is accepted after it is found by looking again.
    const due = this.#users.due(now).filter((userId) => this.#live.hasUser(userId))
    if (due.length > 0) await this.#readAgain(due)
    this.#trust(startedAt)
  }

  async #readChanges(): Promise<void> {
    this.#handled.since ??= (await readDatabaseClock(this.#database)) - overlapMs
    const { since } = this.#handled
    const changes = await readAuthorityChanges(this.#database, { sinceMs: since, limit: changesMax })
    const now = Date.now()
    const isBlind = changes.length === changesMax || now - this.#lookedAt > blindMsMax
    this.#lookedAt = now
    const fresh = this.#handled.take(changes)
    if (isBlind) {
      const count = this.#live.askAgain()
      this.#logger.warn(
        { tag: 'authority-gap', count },
        'Changed rights may have been missed; everybody is asked again',
      )
    }
    this.#apply(fresh, now)
  }

  #apply(changes: readonly AuthorityChange[], now: number): void {
    for (const { kind, subject } of changes) {
      if (kind === 'credential') this.#live.revoke(subject)
      else this.#users.add(subject, now)
    }
  }

  async #readAgain(userIds: readonly string[]): Promise<void> {
    const memberships = await answerInTime(readMemberships(this.#database.orm, userIds), readMsMax)
    for (const userId of userIds) {
      this.#live.setMemberships(userId, memberships.get(userId) ?? [])
      this.#users.markRead(userId, Date.now())
    }
  }
}
