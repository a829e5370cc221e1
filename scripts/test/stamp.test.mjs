import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hashInputs, hasStamp, writeStamp } from '../lib/stamp.mjs'

let folder
const hash = () => hashInputs(folder, ['src', 'package.json'])

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-stamp-'))
  await mkdir(join(folder, 'src', 'deep'), { recursive: true })
  await writeFile(join(folder, 'src', 'deep', 'a.ts'), 'a')
  await writeFile(join(folder, 'package.json'), '{}')
})
afterEach(() => rm(folder, { recursive: true }))

test('stays the same when only times change', async () => {
  const before = await hash()
  await utimes(join(folder, 'package.json'), 1, 1)
  expect(await hash()).toBe(before)
})

test('changes with contents, with names and with files that come and go', async () => {
  const seen = new Set([await hash()])
  await writeFile(join(folder, 'src', 'deep', 'a.ts'), 'b')
  seen.add(await hash())
  await rename(join(folder, 'src', 'deep', 'a.ts'), join(folder, 'src', 'deep', 'b.ts'))
  seen.add(await hash())
  await rm(join(folder, 'package.json'))
  seen.add(await hash())
  expect(seen.size).toBe(4)
})

test('ignores tests, which no build contains', async () => {
  const before = await hash()
  await writeFile(join(folder, 'src', 'a.test.ts'), 'x')
  expect(await hash()).toBe(before)
})

test('a stamp is valid for its own hash only', async () => {
  const stamp = join(folder, 'dist', '.stamp')
  expect(await hasStamp(stamp, 'one')).toBe(false)
  await writeStamp(stamp, 'one')
  expect(await hasStamp(stamp, 'one')).toBe(true)
  expect(await hasStamp(stamp, 'two')).toBe(false)
})
