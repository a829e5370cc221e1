import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { agreesWithLock } from '../lib/install.mjs'

let folder
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-install-'))
  await mkdir(join(folder, 'node_modules'))
})
afterEach(() => rm(folder, { recursive: true }))

const write = (name, packages) => writeFile(join(folder, name), JSON.stringify({ packages }))
const locked = {
  '': {},
  shared: {},
  'node_modules/a': { version: '1.0.0' },
  'node_modules/b-win32': { version: '1.0.0', optional: true },
}

test('an installation without the packages of other platforms agrees', async () => {
  await write('package-lock.json', locked)
  await write('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } })
  expect(await agreesWithLock(folder)).toBe(true)
})

test('another version, a missing package and an interrupted installation do not agree', async () => {
  await write('package-lock.json', locked)
  expect(await agreesWithLock(folder)).toBe(false)
  await write('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.1' } })
  expect(await agreesWithLock(folder)).toBe(false)
  await write('node_modules/.package-lock.json', {})
  expect(await agreesWithLock(folder)).toBe(false)
})
