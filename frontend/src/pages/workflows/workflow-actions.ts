import { useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useNavigate } from 'react-router'
import { describeError } from '../../api/describe-error.ts'
import { queryKeys } from '../../api/query-keys.ts'
import { createFromTemplate, createWorkflow, deleteWorkflow, getWorkflow } from '../../api/workflows.ts'
import { toast } from '../../ui/toast.tsx'
import { readDefinitionFile, saveDefinitionFile } from './definition-file.ts'

/** What can be done with workflows from their list. Failures become toasts; each resolves when it is through. */
export function useWorkflowActions() {
  const cache = useQueryClient()
  const navigate = useNavigate()
  return useMemo(() => {
    const refresh = () => cache.invalidateQueries({ queryKey: queryKeys.workflows, exact: true })
    const guard = async (what: string, work: () => Promise<void>) => {
      try {
        await work()
      } catch (error) {
        const { message, code } = describeError(error)
        toast.failed(what, { description: message, code })
      }
    }
    return {
      create: () =>
        guard('The workflow was not created', async () => {
          const created = await createWorkflow({ name: 'New workflow' })
          void refresh()
          await navigate(`/workflows/${created.id}`)
        }),
      createFromTemplate: (templateId: string) =>
        guard('The workflow was not created', async () => {
          const created = await createFromTemplate(templateId)
          void refresh()
          await navigate(`/workflows/${created.id}`)
        }),
      importFiles: (files: readonly File[]) =>
        guard('The import failed', async () => {
          const ids: string[] = []
          for (const file of files) {
            const read = await readDefinitionFile(file)
            if ('problem' in read) {
              toast.failed('Not imported', { description: read.problem })
              continue
            }
            ids.push((await createWorkflow(read)).id)
          }
          await refresh()
          const [only] = ids
          if (ids.length === 1 && only !== undefined) await navigate(`/workflows/${only}`)
          else if (ids.length > 1) toast.done(`${ids.length} workflows imported`)
        }),
      exportOne: (id: string) =>
        guard('The export failed', async () => {
          const workflow = await getWorkflow(id)
          saveDefinitionFile(workflow.name, workflow.definition)
        }),
      duplicate: (id: string) =>
        guard('The copy was not made', async () => {
          const { name, description, definition } = await getWorkflow(id)
          const copy = await createWorkflow({ name: `${name.slice(0, 110)}, copy`, description, definition })
          await refresh()
          toast.done('Copied', {
            description: copy.name,
            action: { label: 'Open', onClick: () => void navigate(`/workflows/${copy.id}`) },
          })
        }),
      remove: (id: string, name: string) =>
        guard('The workflow was not deleted', async () => {
          await deleteWorkflow(id)
          await refresh()
          toast.done('Deleted', { description: name })
        }),
    }
  }, [cache, navigate])
}
