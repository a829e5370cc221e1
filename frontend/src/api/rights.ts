import type { Role } from '@millrace/shared/api/auth'
import { createContext, useContext } from 'react'

/** What a screen may offer. The server decides for itself; this only keeps doors out of sight that are locked. */
const rights = {
  edit: ['owner', 'editor'],
  run: ['owner', 'editor', 'operator'],
  answer: ['owner', 'editor', 'operator'],
  share: ['owner', 'editor'],
  manageCredentials: ['owner', 'editor'],
  manageMembers: ['owner'],
} as const satisfies Record<string, readonly Role[]>

export type Right = keyof typeof rights

export interface CurrentWorkspace {
  id: string
  name: string
  role: Role
}

/** The workspace that the pages show; null for guests, who may watch one run and nothing else. */
export const WorkspaceContext = createContext<CurrentWorkspace | null>(null)

/** For pages behind the gate, which has found one. */
export function useWorkspace(): CurrentWorkspace {
  const workspace = useContext(WorkspaceContext)
  if (workspace === null) throw new Error('There is no workspace here.')
  return workspace
}

/** Whether the person on this page may do something. */
export function useMay(right: Right): boolean {
  const role = useContext(WorkspaceContext)?.role
  return role !== undefined && (rights[right] as readonly Role[]).includes(role)
}

/** Roles in words, with what each may do: `You may ${may}.` */
export const roleWords: Record<Role, { name: string; may: string }> = {
  owner: { name: 'Owner', may: 'do everything, and decide who belongs to the workspace' },
  editor: { name: 'Editor', may: 'draw workflows, fill knowledge, run, answer and share' },
  operator: { name: 'Operator', may: 'run workflows and answer questions' },
  viewer: { name: 'Viewer', may: 'watch' },
}

/** From the most rights to the least. */
export const rolesByRights: readonly Role[] = ['owner', 'editor', 'operator', 'viewer']
