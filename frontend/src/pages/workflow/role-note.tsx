import { Eye } from 'lucide-react'
import { roleWords, useMay, useWorkspace } from '../../api/rights.ts'
import { Tooltip } from '../../ui/tooltip.tsx'

/** Says why the page lacks what others have on it. Nothing for who may do everything here. */
export function RoleNote() {
  const { role } = useWorkspace()
  const mayEdit = useMay('edit')
  if (mayEdit) return null
  const { name, may } = roleWords[role]
  return (
    <Tooltip content={`You may ${may} here. An owner of the workspace can give you another role.`}>
      <button
        type="button"
        className="inline-flex h-[22px] shrink-0 cursor-default items-center gap-1.5 rounded-full border bg-sunk px-2 text-small font-mid text-ink-2"
      >
        <Eye aria-hidden="true" className="size-3.5" />
        {name}
      </button>
    </Tooltip>
  )
}
