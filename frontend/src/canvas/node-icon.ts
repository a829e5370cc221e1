import { findNodeDefinition } from '@millrace/shared/nodes/registry'
import {
  BookOpen,
  Box,
  Braces,
  ClipboardList,
  Globe,
  type LucideIcon,
  OctagonX,
  Send,
  Sparkles,
  Split,
  UserCheck,
} from 'lucide-react'
import { createElement } from 'react'

/** Icons by the names that node definitions use; named one by one, so that the others stay out of the bundle. */
const icons: Record<string, LucideIcon> = {
  'book-open': BookOpen,
  braces: Braces,
  'clipboard-list': ClipboardList,
  globe: Globe,
  'octagon-x': OctagonX,
  send: Send,
  sparkles: Sparkles,
  split: Split,
  'user-check': UserCheck,
}

/** The icon of a node type; a box for one that this version does not know. */
export function NodeIcon({ type, className }: { type: string; className?: string }) {
  const icon = icons[findNodeDefinition(type)?.icon ?? ''] ?? Box
  return createElement(icon, {
    'aria-hidden': true,
    strokeWidth: 1.75,
    ...(className === undefined ? {} : { className }),
  })
}
