/** Longer than it takes from the identification of a connection to its acceptance, milliseconds. */
const rememberedMs = 60_000
/** Between two readings of one user's memberships. */
const againAfterMs = 1000
/** Users changed in a minute; beyond this the oldest is forgotten, whose rights were read at once anyway. */
const rememberedMax = 10_000
/** Users read in one query. */
const dueMax = 500

/** Users whose memberships changed just now, and when they were read last. */
export class ChangedUsers {
  /** Oldest change first. `readAt` null: not since the change. */
  readonly #users = new Map<string, { changedAt: number; readAt: number | null }>()

  get count(): number {
    return this.#users.size
  }

  add(userId: string, now: number): void {
    this.#users.delete(userId)
    this.#users.set(userId, { changedAt: now, readAt: null })
    const [oldest] = this.#users.keys()
    if (this.#users.size > rememberedMax && oldest !== undefined) this.#users.delete(oldest)
  }

  markRead(userId: string, now: number): void {
    const user = this.#users.get(userId)
    if (user !== undefined) user.readAt = now
  }

  /** Those not read since their change first of all, then those whose reading is a while ago. */
  due(now: number): string[] {
    const due = [...this.#users].filter(([, { readAt }]) => readAt === null || now - readAt >= againAfterMs)
    const isUnread = (entry: (typeof due)[number]) => (entry[1].readAt === null ? 0 : 1)
    return due
      .toSorted((a, b) => isUnread(a) - isUnread(b))
      .slice(0, dueMax)
      .map(([userId]) => userId)
  }

  forgetOld(now: number): void {
    for (const [userId, { changedAt, readAt }] of this.#users) {
      if (now - changedAt < rememberedMs) return
      if (readAt !== null) this.#users.delete(userId)
    }
  }
}
