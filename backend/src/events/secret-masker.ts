/** What stands where a secret was. */
export const secretMask = '•••'

/** Shorter values occur in ordinary text by chance; masking them would destroy what people read. */
export const secretCharactersMin = 6

/** Values of one workspace: credentials times their forms. Beyond it the one registered longest ago is forgotten. */
const secretsMax = 3000

/**
 * Keeps secrets out of what is stored and shown. What was registered is looked for in every event from then on;
 * `workspace-secrets.ts` registers what a workspace keeps. Passages of a model are masked before, where a value may be spread over two (`passage-mask.ts`).
 */
export class SecretMasker {
  readonly #secrets = new Set<string>()
  #pattern: RegExp | null = null

  /** Alone, it masks for every workspace. */
  of(): this {
    return this
  }

  /** Also catches the value as it looks inside an address and inside JSON. Registering again keeps it from being forgotten. */
  register(secret: string): void {
    if (secret.length < secretCharactersMin) return
    for (const form of new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])) {
      this.#secrets.delete(form)
      this.#secrets.add(form)
    }
    while (this.#secrets.size > secretsMax) {
      const [oldest] = this.#secrets
      if (oldest !== undefined) this.#secrets.delete(oldest)
    }
    this.#pattern = null
  }

  maskText(text: string): string {
    if (this.#secrets.size === 0) return text
    return text.replace(this.#compiled(), secretMask)
  }

  /** A copy of a JSON value with every string masked, keys too. `isKept` exempts fields of the outermost object. */
  mask<T>(value: T, isKept: (key: string) => boolean = () => false): T {
    if (this.#secrets.size === 0) return value
    return this.#maskValue(value, isKept) as T
  }

  #maskValue(value: unknown, isKept: (key: string) => boolean): unknown {
    if (typeof value === 'string') return this.maskText(value)
    if (Array.isArray(value)) return value.map((item) => this.#maskValue(item, keepNone))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        this.maskText(key),
        isKept(key) ? item : this.#maskValue(item, keepNone),
      ]),
    )
  }

  #compiled(): RegExp {
    // Longest first: a secret that contains another one is replaced as a whole.
    this.#pattern ??= new RegExp(
      [...this.#secrets]
        .sort((a, b) => b.length - a.length)
        .map(escapePattern)
        .join('|'),
      'g',
    )
    return this.#pattern
  }
}

const keepNone = () => false

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
