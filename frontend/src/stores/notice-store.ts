import { create } from 'zustand'

/** What one person has read of their notices: everything up to a number, and some beyond it. */
export interface ReadNotices {
  upTo: number
  beyond: readonly number[]
  /** When `upTo` was last set, epoch milliseconds. */
  setAt: number
}

const storageKey = 'millrace.read-notices'
/** People of one browser who are remembered, those who read last. */
const peopleMax = 20
/** As many as a list of notices has. */
const beyondMax = 100

const nothingRead: ReadNotices = { upTo: 0, beyond: [], setAt: 0 }

interface NoticeState {
  userId: string | null
  read: ReadNotices
  /** Whether the list is on the screen. */
  isListOpen: boolean
  setListOpen: (isOpen: boolean) => void
  /** Takes up what this person has read in this browser. */
  open: (userId: string) => void
  markRead: (seq: number) => void
  /** Up to the newest that there is. */
  markAllRead: (newestSeq: number) => void
  /**
   * The newest number that the server has: a log that was restored from a backup counts on from a lower one. What was
   * asked for before `upTo` was set, here or in another tab, or for another person, tells nothing of that.
   * @param askedAt when the server was asked for it, epoch milliseconds.
   */
  settle: (newestSeq: number, askedAt: number) => void
}

/** What was read of the notices, kept per person and browser; other tabs of it follow. */
export const useNoticeStore = create<NoticeState>()((set, get) => {
  let openedAt = 0
  const change = (next: ReadNotices) => {
    const { userId } = get()
    if (userId === null) return
    set({ read: next })
    store(userId, next)
  }
  /** With what another tab has read a moment ago. */
  const newestRead = () => {
    const { userId, read } = get()
    return userId === null ? read : newerOf(read, stored(userId))
  }
  if (typeof window !== 'undefined') {
    window.addEventListener('storage', ({ key }) => {
      const { userId } = get()
      if (key === storageKey && userId !== null) set({ read: stored(userId) })
    })
  }
  return {
    userId: null,
    read: nothingRead,
    isListOpen: false,
    setListOpen: (isListOpen) => set({ isListOpen }),
    open: (userId) => {
      openedAt = Date.now()
      set({ userId, read: stored(userId), isListOpen: false })
    },
    markRead: (seq) => {
      const read = newestRead()
      if (!isRead(read, seq)) change({ ...read, beyond: [...read.beyond, seq].slice(-beyondMax) })
    },
    markAllRead: (newestSeq) => {
      const upTo = Math.max(newestSeq, newestRead().upTo)
      change({ upTo, beyond: [], setAt: Date.now() })
    },
    settle: (newestSeq, askedAt) => {
      const read = newestRead()
      if (read.upTo <= newestSeq || askedAt <= read.setAt || askedAt < openedAt) return
      change({ upTo: newestSeq, beyond: [], setAt: Date.now() })
    },
  }
})

function newerOf(a: ReadNotices, b: ReadNotices): ReadNotices {
  if (a.setAt !== b.setAt) return a.setAt > b.setAt ? a : b
  return { ...a, beyond: [...new Set([...b.beyond, ...a.beyond])].slice(-beyondMax) }
}

export function isRead({ upTo, beyond }: ReadNotices, seq: number): boolean {
  return seq <= upTo || beyond.includes(seq)
}

function readAll(): [string, ReadNotices][] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]')
    return Array.isArray(value) ? value.filter(isEntry).map(([id, read]) => [id, { ...nothingRead, ...read }]) : []
  } catch {
    // Forbidden or damaged storage: everything is new again.
    return []
  }
}

function isEntry(value: unknown): value is [string, ReadNotices] {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return false
  const read = value[1] as Partial<ReadNotices> | null
  return typeof read?.upTo === 'number' && Array.isArray(read.beyond)
}

function stored(userId: string): ReadNotices {
  return readAll().find(([id]) => id === userId)?.[1] ?? nothingRead
}

function store(userId: string, read: ReadNotices): void {
  const others = readAll().filter(([id]) => id !== userId)
  try {
    localStorage.setItem(storageKey, JSON.stringify([[userId, read], ...others].slice(0, peopleMax)))
  } catch {
    // Forbidden or full storage: it is remembered as long as the page.
  }
}
