import { createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Secret } from '../secret.ts'

const keyBytes = 32
const fileName = 'secret.key'

/** The keys of an installation, each for one purpose only, all derived from one secret. */
export interface KeyRing {
  /** Signs access tokens (HS256). */
  accessToken: Buffer
  /** Seals stored credentials (AES-256-GCM). */
  credentials: Buffer
  /** Signs links by which one question is answered (HMAC-SHA-256). */
  promptLinks: Buffer
  /** What setting up the owner needs from outside of this machine; the same in every process of the installation. */
  setupToken: string
}

/** The ring of the given secret, or of the key file in the data folder, which is made on first use, readable by its owner only. */
export async function loadKeyRing(dataDir: string, secretKey: Secret | null): Promise<KeyRing> {
  const master = secretKey === null ? await readOrCreateKeyFile(dataDir) : Buffer.from(secretKey.reveal(), 'base64')
  return createKeyRing(master)
}

/** `master`: 32 bytes. */
export function createKeyRing(master: Buffer): KeyRing {
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `millrace/${purpose}`, keyBytes))
  return {
    accessToken: derive('access-token'),
    credentials: derive('credentials'),
    promptLinks: derive('prompt-links'),
    // 96 bits: out of reach for guessing, short enough to type.
    setupToken: createHmac('sha256', derive('setup-token')).update('owner').digest('base64url').slice(0, 16),
  }
}

async function readOrCreateKeyFile(dataDir: string): Promise<Buffer> {
  const path = join(dataDir, fileName)
  const existing = await readKeyFile(path)
  if (existing !== null) return existing
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  // Written aside and linked: processes that start together agree on the one that came first, and none reads half a key.
  const aside = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await writeFile(aside, `${randomBytes(keyBytes).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
    await link(aside, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(aside, { force: true })
  }
  const key = await readKeyFile(path)
  if (key === null) throw new Error(`The key file ${path} cannot be read.`)
  return key
}

/** Null: there is none. A damaged file is an error: a new key would make stored credentials unreadable for ever. */
async function readKeyFile(path: string): Promise<Buffer | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length !== keyBytes)
    throw new Error(
      `The key file ${path} is damaged: it must hold ${keyBytes} bytes in base64. Restore it from a backup.`,
    )
  return key
}
