import { expect, test } from 'vitest'
import { parseTrustedProxies } from './trusted-proxies.ts'

test.each([
  ['false', []],
  ['OFF', []],
  ['true', ['loopback', 'linklocal', 'uniquelocal']],
  ['loopback', ['loopback']],
  ['10.0.0.7, 172.18.0.0/16,loopback', ['10.0.0.7', '172.18.0.0/16', 'loopback']],
  ['2001:db8::1,fd00::/8', ['2001:db8::1', 'fd00::/8']],
])('reads %s', (text, proxies) => {
  expect(parseTrustedProxies(text)).toEqual(proxies)
})

test.each([
  'maybe',
  '2',
  '',
  '10.0.0',
  '10.0.0.1/0',
  '10.0.0.1/33',
  'fd00::/129',
  '10.0.0.1/8/8',
  'fe80::1%eth0',
  'a,',
])('takes %j for a mistake', (text) => {
  expect(parseTrustedProxies(text)).toBeNull()
})
