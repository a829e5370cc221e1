import { useParams } from 'react-router'
import { describeError } from '../../api/describe-error.ts'
import { useMay } from '../../api/rights.ts'
import { useWorkflow } from '../../api/workflows.ts'
import { useElsewhere } from '../../app/use-elsewhere.tsx'
import { usePageTitle } from '../../ui/page-title.ts'
import { QueryGate } from '../../ui/query-gate.tsx'
import { WorkflowDesk } from './workflow-desk.tsx'

/** `/workflows/:id`: draw, run, watch. */
export default function WorkflowPage() {
  const { id = '' } = useParams()
  const workflow = useElsewhere(useWorkflow(id), `/api/workflows/${encodeURIComponent(id)}`)
  const mayEdit = useMay('edit')
  usePageTitle(workflow.data?.name)
  return (
    <QueryGate query={workflow} what="the workflow" describe={describeError} loading={<></>}>
      {/* Another right is another desk: what was being changed is saved as far as the old one allowed. */}
      {(data) => <WorkflowDesk key={`${data.id}/${mayEdit}`} workflow={data} mayEdit={mayEdit} />}
    </QueryGate>
  )
}
