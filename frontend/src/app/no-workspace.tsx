import { LogOut, Plus } from 'lucide-react'
import { useState } from 'react'
import { useSession } from '../stores/session-store.ts'
import { Button } from '../ui/button.tsx'
import { Door } from '../ui/door.tsx'
import { CreateWorkspaceDialog } from './create-workspace-dialog.tsx'

/** For who was shown out of the last one, or left it. */
export function NoWorkspace() {
  const signOut = useSession((session) => session.signOut)
  const [isCreating, setCreating] = useState(false)
  return (
    <Door
      title="You belong to no workspace"
      intro="Workflows, runs and documents live in a workspace. Ask somebody for an invitation link, or begin one of your own."
    >
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" icon={<Plus />} onClick={() => setCreating(true)}>
          New workspace
        </Button>
        <Button variant="quiet" icon={<LogOut />} onClick={() => void signOut()}>
          Sign out
        </Button>
      </div>
      <CreateWorkspaceDialog open={isCreating} onOpenChange={setCreating} />
    </Door>
  )
}
