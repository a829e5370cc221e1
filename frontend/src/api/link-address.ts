import { basePath } from './base-path.ts'

/** Pages that a link with a secret leads to; each keeps its secret in a place of its own. */
export type LinkName = 'answer' | 'join' | 'shared'

/** Address of a link with a secret. Behind `#`, which browsers send to no server. */
export function linkAddress(page: LinkName, token: string): string {
  return `${location.origin}${basePath}/${page}#${encodeURIComponent(token)}`
}
