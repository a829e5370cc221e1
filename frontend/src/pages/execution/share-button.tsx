import { Share2 } from 'lucide-react'
import { useState } from 'react'
import { useMay } from '../../api/rights.ts'
import { Button } from '../../ui/button.tsx'
import { ShareDialog } from './share-dialog.tsx'

/** Opens the links of this run, for who may show it to others. */
export function ShareButton({ executionId }: { executionId: string }) {
  const mayShare = useMay('share')
  const [isOpen, setOpen] = useState(false)
  if (!mayShare) return null
  return (
    <>
      <Button variant="quiet" icon={<Share2 />} onClick={() => setOpen(true)}>
        <span className="max-sm:sr-only">Share</span>
      </Button>
      <ShareDialog executionId={executionId} open={isOpen} onOpenChange={setOpen} />
    </>
  )
}
