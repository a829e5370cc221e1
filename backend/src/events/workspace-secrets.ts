import { answerInTime } from '../repositories/answer-in-time.ts'
import { nameConnectionError } from '../repositories/connection-error.ts'
import { SecretMasker } from './secret-masker.ts'

/** A secret that a workspace keeps, still closed. */
export interface SealedSecret {
  /** Changes with the secret. */
  id: string
  /** Null: it cannot be opened here, for it was sealed with another key. */
  open(): string | null
}

export type SecretReader = (workspaceId: string) => Promise<SealedSecret[]>

/** Who masks for a workspace. Answers at once where it knows, so that events of one caller keep their order. */
export interface Maskers {
  /** Throws AppError DATABASE_UNAVAILABLE while the secrets cannot be read: what may hold one is not to be stored meanwhile. */
  of(workspaceId: string): SecretMasker | Promise<SecretMasker>
}

/**
 * How old the knowledge of secrets may be where other processes add them, milliseconds: a query per workspace at work
 * in this time. Whoever adds one waits as long before saying so; from then on every process masks it.
 */
export const secretsKnownForMs = 500

/** Longest wait for the secrets, milliseconds: every event of the workspace waits with it. */
const readMsMax = 5000

/** Workspaces whose secrets are held; of one beyond them the secrets are read again when it is at work again. */
const workspacesMax = 1000

interface Known {
  masker: SecretMasker
  ids: Set<string>
  /** By `performance.now`; secrets that were there before are known. Null: never read. */
  readAt: number | null
  reading: { startedAt: number; masker: Promise<SecretMasker> } | null
}

/** Keeps the secrets of each workspace out of what it stores and shows: read before its first event, and again while others may add some. */
export class WorkspaceSecrets implements Maskers {
  readonly #read: SecretReader
  readonly #isShared: boolean
  /** Least recently used first. */
  readonly #known = new Map<string, Known>()

  /** `isShared`: other processes add secrets, too. */
  constructor({ read, isShared }: { read: SecretReader; isShared: boolean }) {
    this.#read = read
    this.#isShared = isShared
  }

  of(workspaceId: string): SecretMasker | Promise<SecretMasker> {
    const known = this.#use(workspaceId)
    const { readAt, reading } = known
    if (readAt !== null && this.#isRecent(readAt)) return known.masker
    // One that began earlier may have passed over what was added since.
    if (reading !== null && !this.#isRecent(reading.startedAt)) {
      return reading.masker.catch(() => undefined).then(() => this.of(workspaceId))
    }
    known.reading ??= { startedAt: performance.now(), masker: this.#readInto(workspaceId, known) }
    return known.reading.masker
  }

  #isRecent(readAt: number): boolean {
    return !this.#isShared || performance.now() - readAt < secretsKnownForMs
  }

  /** Of a secret that is stored: known from now on, without reading. */
  register(workspaceId: string, secret: string): void {
    // Whoever is not known is read before its next event.
    this.#known.get(workspaceId)?.masker.register(secret)
  }

  async #readInto(workspaceId: string, known: Known): Promise<SecretMasker> {
    const startedAt = performance.now()
    try {
      for (const sealed of await answerInTime(this.#read(workspaceId), readMsMax)) {
        if (known.ids.has(sealed.id)) continue
        const secret = sealed.open()
        if (secret !== null) known.masker.register(secret)
        known.ids.add(sealed.id)
      }
    } catch (error) {
      throw nameConnectionError(error)
    } finally {
      known.reading = null
    }
    known.readAt = startedAt
    return known.masker
  }

  #use(workspaceId: string): Known {
    const known = this.#known.get(workspaceId) ?? {
      masker: new SecretMasker(),
      ids: new Set(),
      readAt: null,
      reading: null,
    }
    this.#known.delete(workspaceId)
    this.#known.set(workspaceId, known)
    const [oldest] = this.#known.keys()
    if (this.#known.size > workspacesMax && oldest !== undefined) this.#known.delete(oldest)
    return known
  }
}
