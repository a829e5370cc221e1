import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockDataFolder } from '../src/repositories/data-folder-lock.ts'

describe('lockDataFolder', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-lock-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('refuses a second holder and names the first, until it is released', async () => {
    const lock = await lockDataFolder(folder)
    await expect(lockDataFolder(folder)).rejects.toMatchObject({
      code: 'DATA_FOLDER_IN_USE',
      details: { pid: process.pid },
    })
    await lock.release()
    expect(await readdir(folder)).toEqual([])
    await (await lockDataFolder(folder)).release()
  })

  it('takes over from a holder that was killed', async () => {
    const dead = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    await once(dead, 'spawn')
    await writeFile(join(folder, 'lock.json'), JSON.stringify({ pid: dead.pid, startTicks: null }))
    await expect(lockDataFolder(folder)).rejects.toMatchObject({ code: 'DATA_FOLDER_IN_USE' })
    dead.kill('SIGKILL')
    await once(dead, 'exit')
    const lock = await lockDataFolder(folder)
    expect(JSON.parse(await readFile(join(folder, 'lock.json'), 'utf8'))).toMatchObject({ pid: process.pid })
    await lock.release()
  })

  it('takes over when the pid belongs to another process by now', async () => {
    await writeFile(join(folder, 'lock.json'), JSON.stringify({ pid: process.pid, startTicks: '1' }))
    await (await lockDataFolder(folder)).release()
  })

  it('takes over a lock whose writer died in the act', async () => {
    await writeFile(join(folder, 'lock.json'), '{"pid":')
    await (await lockDataFolder(folder)).release()
  })

  it('lets exactly one of many win', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataFolder(folder)))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})
