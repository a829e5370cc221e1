import { Activity, Inbox, Library, type LucideIcon, Settings, Workflow } from 'lucide-react'

export interface Section {
  path: string
  label: string
  Icon: LucideIcon
  /** Second key after G. */
  key: string
}

/** The places of the rail, in its order. */
export const sections: readonly Section[] = [
  { path: '/workflows', label: 'Workflows', Icon: Workflow, key: 'W' },
  { path: '/executions', label: 'Executions', Icon: Activity, key: 'E' },
  { path: '/inbox', label: 'Inbox', Icon: Inbox, key: 'I' },
  { path: '/knowledge', label: 'Knowledge', Icon: Library, key: 'K' },
  { path: '/settings', label: 'Settings', Icon: Settings, key: 'S' },
]
