import { expect, test } from 'vitest'
import { loadConfig } from './config.ts'
import { startBanner } from './start-banner.ts'

const product = { url: 'http://localhost:3001', setupToken: 'the-token', parts: [], close: async () => undefined }

test.each([
  [{}, 'Setting up from elsewhere than this machine needs this token: the-token'],
  [{ MILLRACE_HOST: '0.0.0.0' }, 'Setting up needs this token: the-token'],
  [{ MILLRACE_TRUST_PROXY: 'loopback' }, 'Setting up needs this token: the-token'],
])('with %j says who needs the token of the start', (env, words) => {
  expect(startBanner(loadConfig(env), product)).toContain(`There is no owner yet. ${words}`)
})

test('says nothing of a token once there is an owner', () => {
  expect(startBanner(loadConfig({}), { ...product, setupToken: null })).not.toContain('owner')
})
