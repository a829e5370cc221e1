import { useSession } from '../../stores/session-store.ts'
import { SectionCard } from '../../ui/card.tsx'
import { FactList } from '../../ui/fact-list.tsx'

export function ProfileSection() {
  const user = useSession((session) => session.user)
  return (
    <SectionCard title="Profile">
      <FactList
        facts={[
          ['Name', user?.name],
          ['E-mail', user?.email],
        ]}
      />
    </SectionCard>
  )
}
