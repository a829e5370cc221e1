import { basePath } from './base-path.ts'

/** Address of a link with a secret. Behind `#`, which browsers send to no server. */
export function linkAddress(page: 'join' | 'shared', token: string): string {
  return `${location.origin}${basePath}/${page}#${encodeURIComponent(token)}`
}
