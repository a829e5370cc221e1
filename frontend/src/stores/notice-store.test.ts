import { beforeEach, expect, it, vi } from 'vitest'

const stored = new Map<string, string>()

beforeEach(() => {
  stored.clear()
  vi.resetModules()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  })
  return () => vi.unstubAllGlobals()
})

const soon = () => Date.now() + 1000

async function open(userId: string) {
  const { isRead, useNoticeStore } = await import('./notice-store.ts')
  const store = useNoticeStore.getState()
  store.open(userId)
  return { ...store, isRead: (seq: number) => isRead(useNoticeStore.getState().read, seq) }
}

it('what was read is remembered for its person, and for nobody else', async () => {
  const ada = await open('ada')
  ada.markAllRead(4)
  ada.markRead(7)
  expect([4, 5, 7].map(ada.isRead)).toEqual([true, false, true])
  const bob = await open('bob')
  expect(bob.isRead(4)).toBe(false)
  vi.resetModules()
  const later = await open('ada')
  expect([4, 5, 7].map(later.isRead)).toEqual([true, false, true])
})

it('a log that counts on from a lower number hides nothing that is new', async () => {
  const ada = await open('ada')
  ada.markAllRead(40)
  ada.settle(12, soon())
  expect([12, 13].map(ada.isRead)).toEqual([true, false])
})

it('an answer that was asked for before all was read, here or in another tab, takes nothing back', async () => {
  const asked = Date.now()
  const here = await open('ada')
  vi.resetModules()
  const elsewhere = await open('ada')
  elsewhere.markAllRead(50)
  // This tab has not heard of the other one yet.
  here.settle(49, asked)
  here.markRead(7)
  here.markAllRead(49)
  vi.resetModules()
  const afterwards = await open('ada')
  expect([49, 50, 51].map(afterwards.isRead)).toEqual([true, true, false])
})

it('what one person was told last says nothing about what another has read', async () => {
  vi.useFakeTimers({ now: 1000 })
  const before = await open('bob')
  before.markAllRead(50)
  vi.setSystemTime(2000)
  await open('ada')
  vi.setSystemTime(3000)
  const bob = await open('bob')
  bob.settle(3, 2000)
  expect(bob.isRead(50)).toBe(true)
  bob.settle(3, 3001)
  expect(bob.isRead(50)).toBe(false)
  vi.useRealTimers()
})

it('what was remembered before there were times is remembered still', async () => {
  stored.set('millrace.read-notices', '[["ada",{"upTo":4,"beyond":[7]}]]')
  const ada = await open('ada')
  expect([4, 5, 7].map(ada.isRead)).toEqual([true, false, true])
})

it('the storage is bounded, and a damaged one is no failure', async () => {
  stored.set('millrace.read-notices', '{"upTo":')
  for (let person = 0; person < 25; person += 1) (await open(`p${person}`)).markAllRead(1)
  const kept = JSON.parse(stored.get('millrace.read-notices') ?? '[]') as [string, { beyond: number[] }][]
  expect(kept.map(([id]) => id)).toEqual(Array.from({ length: 20 }, (_, index) => `p${24 - index}`))
  const last = await open('p24')
  for (let seq = 2; seq < 200; seq += 1) last.markRead(seq)
  const [newest] = JSON.parse(stored.get('millrace.read-notices') ?? '[]') as typeof kept
  expect(newest?.[1].beyond).toHaveLength(100)
})
