import { Compass } from 'lucide-react'
import { Link } from 'react-router'
import { buttonClass } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { usePageTitle } from '../ui/page-title.ts'

export function NotFound() {
  usePageTitle('Not found')
  return (
    <main className="h-full overflow-y-auto">
      <EmptyState
        icon={<Compass />}
        title="There is no page at this address"
        action={
          <Link to="/workflows" className={buttonClass('plain')}>
            To the workflows
          </Link>
        }
      >
        It may have been moved or deleted, or the address has a typing error.
      </EmptyState>
    </main>
  )
}
