import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { isNewEnough, provisionTemporal, TEMPORAL_CLI_VERSION } from '../provision-temporal.mjs'

let folder, env
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-temporal-'))
  env = { PATH: join(folder, 'bin'), MILLRACE_CACHE_DIR: join(folder, 'cache') }
})
afterEach(async () => {
  vi.unstubAllGlobals()
  await rm(folder, { recursive: true })
})

async function addExecutable(path, version) {
  await mkdir(join(folder, path, '..'), { recursive: true })
  await writeFile(join(folder, path), `#!/bin/sh\necho "temporal version ${version} (Server 1.29.1, UI 2.42.1)"\n`)
  await chmod(join(folder, path), 0o755)
  return join(folder, path)
}
const cachePath = `cache/temporal/${TEMPORAL_CLI_VERSION}-${process.platform}-${process.arch}/temporal`

test('an address wins over everything', async () => {
  await addExecutable('bin/temporal', '9.0.0')
  expect(await provisionTemporal({ env: { ...env, TEMPORAL_ADDRESS: 'there:7233' } })).toEqual({
    address: 'there:7233',
  })
})

test('then a given path, then the PATH, then the cache', async () => {
  const cached = await addExecutable(cachePath, '0.0.0-DEV')
  expect(await provisionTemporal({ env })).toEqual({ path: cached })
  const onPath = await addExecutable('bin/temporal', '1.6.0')
  expect(await provisionTemporal({ env })).toEqual({ path: onPath })
  const given = await addExecutable('given', '1.0.0')
  expect(await provisionTemporal({ env: { ...env, MILLRACE_TEMPORAL_BIN: given } })).toEqual({ path: given })
})

test('passes by a version on the PATH that is too old', async () => {
  await addExecutable('bin/temporal', '1.1.1')
  const cached = await addExecutable(cachePath, '0.0.0-DEV')
  expect(await provisionTemporal({ env })).toEqual({ path: cached })
})

test('a failure names every way and what to do', async () => {
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })
  })
  await addExecutable('bin/temporal', '1.1.1')
  const error = await provisionTemporal({ env: { ...env, MILLRACE_TEMPORAL_BIN: '/nowhere' } }).catch(
    (caught) => caught,
  )
  for (const part of [
    'TEMPORAL_ADDRESS: not set',
    'MILLRACE_TEMPORAL_BIN: /nowhere is not an executable file',
    'is version 1.1.1, older than',
    'cache: nothing at',
    'download: temporal.download cannot be reached (ECONNREFUSED)',
    'go install: no "go" on the PATH',
    'What helps',
  ]) {
    expect(error.message).toContain(part)
  }
})

test.each([
  ['1.5.1', true],
  ['1.5.0', false],
  ['1.10.0', true],
  ['2.0.0', true],
  ['0.14.0', false],
  ['0.0.0', true],
])('version %s is new enough: %s', (version, expected) => {
  expect(isNewEnough(version)).toBe(expected)
})
