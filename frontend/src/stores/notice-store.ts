import { create } from 'zustand'

/** What one person has read of their notices: everything up to a number, and some beyond it. */
export interface ReadNotices {
  upTo: number
  beyond: readonly number[]
}

const storageKey = 'millrace.read-notices'
/** People of one browser who are remembered, those who read last. */
const peopleMax = 20
/** As many as a list of notices has. */
const beyondMax = 100

const nothingRead: ReadNotices = { upTo: 0, beyond: [] }

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
  /** The newest number that the server has: a log that was restored from a backup counts on from a lower one. */
  settle: (newestSeq: number) => void
}

/** What was read of the notices, kept per person and browser; other tabs of it follow. */
export const useNoticeStore = create<NoticeState>()((set, get) => {
  const change = (next: ReadNotices) => {
    const { userId, read } = get()
    if (userId === null || next === read) return
    set({ read: next })
    store(userId, next)
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
    open: (userId) => set({ userId, read: stored(userId), isListOpen: false }),
    markRead: (seq) => {
      const { read } = get()
      if (!isRead(read, seq)) change({ ...read, beyond: [...read.beyond, seq].slice(-beyondMax) })
    },
    markAllRead: (upTo) => change({ upTo, beyond: [] }),
    settle: (newestSeq) => {
      const { read } = get()
      if (read.upTo > newestSeq) change({ upTo: newestSeq, beyond: [] })
    },
  }
})

export function isRead({ upTo, beyond }: ReadNotices, seq: number): boolean {
  return seq <= upTo || beyond.includes(seq)
}

function readAll(): [string, ReadNotices][] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]')
    return Array.isArray(value) ? value.filter(isEntry) : []
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
