import { useMe } from '../../api/settings.ts'
import { useSession } from '../../stores/session-store.ts'
import { SectionCard } from '../../ui/card.tsx'
import { FactList } from '../../ui/fact-list.tsx'

const roleWords = { owner: 'Owner', editor: 'Editor', operator: 'Operator', viewer: 'Viewer' } as const

export function ProfileSection() {
  const user = useSession((session) => session.user)
  const me = useMe().data
  return (
    <SectionCard title="Profile">
      <FactList
        facts={[
          ['Name', user?.name],
          ['E-mail', user?.email],
          ...(me?.workspaces ?? []).map(
            (workspace) => ['Workspace', `${workspace.name} · ${roleWords[workspace.role]}`] as const,
          ),
        ]}
      />
    </SectionCard>
  )
}
