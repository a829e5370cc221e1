import { AppError } from '@millrace/shared/errors/app-error'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type SealedSecret, secretsKnownForMs, WorkspaceSecrets } from './workspace-secrets.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

const sealed = (secret: string): SealedSecret => ({ id: secret, open: () => secret })

/** Secrets of workspaces, and how often they were read. */
function openStore(isShared: boolean) {
  const stored: Record<string, SealedSecret[]> = {}
  const reads: string[] = []
  let failure: Error | null = null
  const secrets = new WorkspaceSecrets({
    isShared,
    async read(workspaceId) {
      reads.push(workspaceId)
      if (failure !== null) throw failure
      return stored[workspaceId] ?? []
    },
  })
  return {
    stored,
    reads,
    secrets,
    fail: (error: Error | null) => {
      failure = error
    },
    mask: async (text: string, workspaceId = 'w1') => (await secrets.of(workspaceId)).maskText(text),
  }
}

describe('the secrets of a workspace', () => {
  it('are read before the first text, once for all who wait, and are those of no other workspace', async () => {
    const { stored, reads, mask } = openStore(false)
    stored['w1'] = [sealed('secret-one')]
    const texts = await Promise.all([mask('a secret-one'), mask('b secret-one')])
    expect(texts).toEqual(['a •••', 'b •••'])
    expect(await mask('c secret-one', 'w2')).toBe('c secret-one')
    expect(reads).toEqual(['w1', 'w2'])
  })

  it('are read again after a while where other processes add some, and only there', async () => {
    const alone = openStore(false)
    const shared = openStore(true)
    for (const { stored, mask } of [alone, shared]) {
      await mask('')
      stored['w1'] = [sealed('secret-two')]
      expect(await mask('secret-two')).toBe('secret-two')
      vi.advanceTimersByTime(secretsKnownForMs)
    }
    expect(await shared.mask('secret-two')).toBe('•••')
    expect(await alone.mask('secret-two')).toBe('secret-two')
    alone.secrets.register('w1', 'secret-two')
    expect(await alone.mask('secret-two')).toBe('•••')
    expect([alone.reads.length, shared.reads.length]).toEqual([1, 2])
  })

  it('keep one that is registered while they are read', async () => {
    const { secrets, mask } = openStore(false)
    const reading = mask('secret-three')
    secrets.register('w1', 'secret-three')
    expect(await reading).toBe('•••')
  })

  it('hold up what may hold one while they cannot be read, and are read at the next try', async () => {
    const { stored, fail, mask } = openStore(false)
    stored['w1'] = [sealed('secret-four')]
    fail(Object.assign(new Error('nobody there'), { code: 'ECONNREFUSED' }))
    await expect(mask('secret-four')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
    fail(new AppError('INTERNAL'))
    await expect(mask('secret-four')).rejects.toMatchObject({ code: 'INTERNAL' })
    fail(null)
    expect(await mask('secret-four')).toBe('•••')
  })

  it('are read once more when a reading has lasted so long that one may have been added behind it', async () => {
    const answers: ((found: SealedSecret[]) => void)[] = []
    const read = () => new Promise<SealedSecret[]>((resolve) => void answers.push(resolve))
    const secrets = new WorkspaceSecrets({ isShared: true, read })
    const first = Promise.resolve(secrets.of('w1'))
    vi.advanceTimersByTime(secretsKnownForMs)
    const second = Promise.resolve(secrets.of('w1'))
    answers[0]?.([])
    expect((await first).maskText('secret-seven')).toBe('secret-seven')
    await vi.waitUntil(() => answers.length === 2)
    answers[1]?.([sealed('secret-seven')])
    expect((await second).maskText('secret-seven')).toBe('•••')
  })

  it('are given up when nothing comes, and read anew at the next try', async () => {
    vi.useFakeTimers()
    let isSilent = true
    const read = () => (isSilent ? new Promise<SealedSecret[]>(() => undefined) : Promise.resolve([sealed('eight!!!')]))
    const secrets = new WorkspaceSecrets({ isShared: true, read })
    const silent = expect(secrets.of('w1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
    await vi.advanceTimersByTimeAsync(5000)
    await silent
    isSilent = false
    expect((await secrets.of('w1')).maskText('eight!!!')).toBe('•••')
  })

  it('leave out one that cannot be opened', async () => {
    const { stored, mask } = openStore(false)
    stored['w1'] = [{ id: 'broken', open: () => null }, sealed('secret-five')]
    expect(await mask('secret-five')).toBe('•••')
  })

  it('are forgotten of the workspace that was quiet longest, and read again when it speaks', async () => {
    const { stored, reads, mask } = openStore(false)
    stored['w1'] = [sealed('secret-six')]
    await mask('')
    for (let index = 0; index < 1000; index++) await mask('', `other-${index}`)
    expect(await mask('secret-six')).toBe('•••')
    expect(reads.filter((id) => id === 'w1')).toHaveLength(2)
  })
})
