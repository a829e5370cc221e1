import { expect, test } from 'vitest'
import { findLockFaults } from '../check-lock.mjs'

const manifest = { dependencies: { zod: '4.6.7' }, overrides: { ws: '8.23.0', tool: { nested: '1.0.0' } } }
const lock = (extra = {}) => ({
  packages: {
    '': { dependencies: { zod: '4.6.7' } },
    'node_modules/zod': { version: '4.6.7' },
    'node_modules/@swc/core': { version: '1.16.18', optionalDependencies: { '@swc/core-linux-x64-gnu': '1.16.18' } },
    'node_modules/@swc/core-linux-x64-gnu': { version: '1.16.18', optional: true },
    shared: {},
    'node_modules/@millrace/shared': { resolved: 'shared', link: true },
    ...extra,
  },
})

test('finds nothing in a sound lock file', () => {
  expect(findLockFaults(lock(), { '': manifest, shared: {} })).toEqual([])
})

test('names a package for another platform that npm left out', () => {
  const broken = lock()
  delete broken.packages['node_modules/@swc/core-linux-x64-gnu']
  expect(findLockFaults(broken, { '': manifest })).toEqual([expect.stringContaining('@swc/core-linux-x64-gnu')])
})

test('accepts such a package where it is nested', () => {
  const nested = lock({ 'node_modules/x/node_modules/@swc/core-linux-x64-gnu': {} })
  delete nested.packages['node_modules/@swc/core-linux-x64-gnu']
  expect(findLockFaults(nested, { '': manifest })).toEqual([])
})

test.each(['^4.6.7', '~1.0.0', 'latest', '*', '1.x', '>=2', 'file:../x'])('refuses the version %j', (version) => {
  const faults = findLockFaults(lock(), { '': { ...manifest, overrides: { tool: { nested: version } } } })
  expect(faults).toEqual([expect.stringContaining(`nested is "${version}"`)])
})

test('refuses the URL of a registry', () => {
  const bound = lock({ 'node_modules/zod': { resolved: 'https://registry.example/zod.tgz' } })
  expect(findLockFaults(bound, { '': manifest })).toEqual([
    expect.stringContaining('node_modules/zod is bound to a URL'),
  ])
})

test('sees a package.json that was changed without the lock file', () => {
  const faults = findLockFaults(lock(), { '': { dependencies: { zod: '4.6.8' } }, new: {} })
  expect(faults).toEqual([
    expect.stringMatching(/zod is 4.6.8 .* 4.6.7/),
    expect.stringContaining('new is not in the lock'),
  ])
})
