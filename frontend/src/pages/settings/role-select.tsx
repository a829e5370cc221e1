import type { Role } from '@millrace/shared/api/auth'
import { rolesByRights, roleWords } from '../../api/rights.ts'
import { Select } from '../../ui/select.tsx'

interface RoleSelectProps {
  value: Role
  onValueChange: (role: Role) => void
  disabled?: boolean
  size?: 'small' | 'medium'
  /** Needed outside a field. */
  label?: string
  className?: string
}

/** One of the four roles, each with what it may do. */
export function RoleSelect({ value, onValueChange, disabled, size, label, className }: RoleSelectProps) {
  return (
    <Select
      value={value}
      onValueChange={(next) => {
        const role = rolesByRights.find((one) => one === next)
        if (role !== undefined) onValueChange(role)
      }}
      options={rolesByRights.map((role) => ({
        value: role,
        label: roleWords[role].name,
        help: `May ${roleWords[role].may}.`,
      }))}
      {...(disabled === undefined ? {} : { disabled })}
      {...(size === undefined ? {} : { size })}
      {...(label === undefined ? {} : { 'aria-label': label })}
      {...(className === undefined ? {} : { className })}
    />
  )
}
