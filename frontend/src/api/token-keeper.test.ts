import { describe, expect, it, vi } from 'vitest'
import { createTokenKeeper } from './token-keeper.ts'

const user = (id: string) => ({ id, email: `${id}@example.com`, name: id })
const answer = (id: string, accessToken: string) => ({ accessToken, expiresIn: 900, user: user(id) })

describe('the token of a tab', () => {
  it('never becomes that of the person whom another tab has signed in', async () => {
    const onReplaced = vi.fn()
    const tokens = createTokenKeeper(async () => answer('bob', 'of-bob'), onReplaced)
    tokens.keep(answer('ada', 'of-ada'))
    expect(await tokens.renew()).toBeNull()
    expect(tokens.current()).toBeNull()
    expect(onReplaced).toHaveBeenCalledExactlyOnceWith(user('bob'))
    // Requests that were under way meet their 401 only now.
    expect(await tokens.renew()).toBeNull()
    expect(await tokens.fresh()).toBeNull()
    expect(onReplaced).toHaveBeenCalledTimes(1)
  })

  it('is whoever the cookie names when a session is taken up', async () => {
    const tokens = createTokenKeeper(async () => answer('bob', 'of-bob'))
    expect(await tokens.resume()).toEqual(answer('bob', 'of-bob'))
    expect(await tokens.fresh()).toBe('of-bob')
  })

  it('is renewed for each sign-in by itself: who comes next shares no renewal and no waiting request', async () => {
    const ofAda = Promise.withResolvers<ReturnType<typeof answer>>()
    const ofBob = Promise.withResolvers<ReturnType<typeof answer>>()
    const renewals = [ofAda, ofBob]
    const tokens = createTokenKeeper(() => renewals.shift()?.promise ?? Promise.reject(new Error('a third')))
    tokens.keep({ ...answer('ada', 'old'), expiresIn: 1 })
    const first = tokens.signIn()
    const waiting = tokens.fresh()
    tokens.forget()
    tokens.keep(answer('bob', 'of-bob'))
    expect(tokens.signIn()).not.toBe(first)
    const renewal = tokens.renew()
    ofAda.resolve(answer('ada', 'new'))
    expect(await waiting).toBeNull()
    ofBob.resolve(answer('bob', 'newer'))
    expect(await renewal).toEqual(answer('bob', 'newer'))
    expect(await tokens.fresh()).toBe('newer')
  })

  it('keeps the number of its sign-in when it is renewed', async () => {
    const tokens = createTokenKeeper(async () => answer('ada', 'new'))
    tokens.keep(answer('ada', 'old'))
    const before = tokens.signIn()
    await tokens.renew()
    expect(tokens.signIn()).toBe(before)
  })

  it('stays away when its person signs out during a renewal', async () => {
    const late = Promise.withResolvers<ReturnType<typeof answer>>()
    const onReplaced = vi.fn()
    const tokens = createTokenKeeper(() => late.promise, onReplaced)
    tokens.keep(answer('ada', 'old'))
    const renewal = tokens.renew()
    tokens.forget()
    late.resolve(answer('ada', 'new'))
    expect(await renewal).toBeNull()
    expect(tokens.current()).toBeNull()
    expect(onReplaced).not.toHaveBeenCalled()
  })
})
