import type { FormDraft } from '../ui/form-values.ts'

/** An answer that was begun. It outlives a reload, so that nobody types twice. */
export interface AnswerDraft {
  choice: string | null
  /** Text by choice; the key `` is the one text of a text question. */
  texts: Record<string, string>
  fields: FormDraft
}

const prefix = 'millrace.draft.'
const keyOf = (ownerId: string, requestId: string) => `${prefix}${ownerId}.${requestId}`

/** Whoever answers by a link, without an account. */
export const draftOwnerOfLink = 'link'

/** More drafts than this are begun and left; the oldest goes. */
const draftsMax = 40
/** Longer ones are not kept: storage of a site is about 5 MB. */
const draftCharactersMax = 60_000

/** Drafts are of one person each: several may use a browser. */
export function readDraft(ownerId: string, requestId: string): AnswerDraft | null {
  try {
    const stored = JSON.parse(localStorage.getItem(keyOf(ownerId, requestId)) ?? 'null') as {
      draft?: AnswerDraft
    } | null
    const draft = stored?.draft
    if (
      typeof draft !== 'object' ||
      draft === null ||
      typeof draft.texts !== 'object' ||
      typeof draft.fields !== 'object'
    )
      return null
    return draft
  } catch {
    return null
  }
}

/** True when it is kept. */
export function keepDraft(ownerId: string, requestId: string, draft: AnswerDraft): boolean {
  try {
    const text = JSON.stringify({ at: Date.now(), draft })
    if (text.length > draftCharactersMax) return false
    localStorage.setItem(keyOf(ownerId, requestId), text)
    dropOldest()
    return true
  } catch {
    // Storage is full or forbidden: the draft lives as long as the page.
    return false
  }
}

export function dropDraft(ownerId: string, requestId: string): void {
  try {
    localStorage.removeItem(keyOf(ownerId, requestId))
  } catch {
    // Forbidden storage holds no draft either.
  }
}

function dropOldest(): void {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix))
  if (keys.length <= draftsMax) return
  const dated = keys.map((key) => ({
    key,
    at: (JSON.parse(localStorage.getItem(key) ?? '{}') as { at?: number }).at ?? 0,
  }))
  dated.sort((a, b) => a.at - b.at)
  for (const { key } of dated.slice(0, keys.length - draftsMax)) localStorage.removeItem(key)
}
