import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Notice } from '../api/notices.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { toast } from '../ui/toast.tsx'

type Kind = Pick<Notice, 'level' | 'category'>

const looks: Record<Notice['level'], { glyph: ReactNode; toast: (typeof toast)['info'] }> = {
  info: { glyph: <Info className="size-4 text-ink-3" />, toast: toast.info },
  success: { glyph: <StateGlyph state="completed" />, toast: toast.done },
  warning: { glyph: <TriangleAlert className="size-4 text-retry-mark" />, toast: toast.warning },
  error: { glyph: <CircleAlert className="size-4 text-failed-mark" />, toast: toast.failed },
}

/** A question has the look of what waits for a person, whatever its level. */
export function glyphOfNotice({ level, category }: Kind): ReactNode {
  return category === 'question' ? <StateGlyph state="waiting" /> : looks[level].glyph
}

export function toastOfNotice({ level, category }: Kind): (typeof toast)['info'] {
  return category === 'question' ? toast.waiting : looks[level].toast
}
