import type { Workflow } from '@millrace/shared/api/workflows'
import { isFinished } from '@millrace/shared/engine/execution-view'
import { Activity, Play, Square } from 'lucide-react'
import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react'
import { Link } from 'react-router'
import { errorMessage } from '../../api/api-error.ts'
import { useCancelExecution } from '../../api/executions.ts'
import { useMay } from '../../api/rights.ts'
import { useBoardStore } from '../../canvas/board/board-context.ts'
import { ProblemList } from '../../canvas/inspector/problem-list.tsx'
import { HoldButton } from '../../canvas/run/hold-button.tsx'
import { Watchers } from '../../canvas/run/watchers.tsx'
import { type Command, useCommands } from '../../stores/command-store.ts'
import { useExecutionState } from '../../stores/execution-store.ts'
import { useGraph, useGraphStore } from '../../stores/graph-context.ts'
import { Button, buttonClass } from '../../ui/button.tsx'
import { toast } from '../../ui/toast.tsx'
import { TopBar } from '../../ui/top-bar.tsx'
import { ReadyNote } from './ready-note.tsx'
import { RoleNote } from './role-note.tsx'
import { StartDialog } from './start-dialog.tsx'
import { useStartRun } from './use-start-run.ts'
import { WorkflowName } from './workflow-name.tsx'

interface WorkflowBarProps {
  workflow: Workflow
  onSave: () => Promise<boolean>
  onShowRun: (executionId: string) => void
}

/** Name, what is saved, what stands against running, and the one thing to do: run, or stop. */
export function WorkflowBar({ workflow, onSave, onShowRun }: WorkflowBarProps) {
  const graph = useGraphStore()
  const board = useBoardStore()
  const [isAsking, setAsking] = useState(false)
  const status = useExecutionState(({ view }) => view?.status ?? null)
  const isRunning = status !== null && !isFinished(status)
  const mayRun = useMay('run')
  const start = useStartRun({ workflowId: workflow.id, onSave, onStarted: onShowRun })

  function run() {
    if (!mayRun) return
    const { definition, problems } = graph.store.getState()
    const fault = problems.find((problem) => problem.severity === 'error')
    if (fault !== undefined) {
      toast.info('It cannot run yet', { id: 'run', description: fault.message })
      if (fault.nodeId !== undefined) {
        board.select({ nodeIds: [fault.nodeId] })
        board.set({ isInspectorOpen: true, tab: 'setup', focusPath: fault.path ?? null })
      }
      return
    }
    const fields = definition.nodes.find((node) => node.type === 'start')?.config.fields
    if (Array.isArray(fields) && fields.length > 0) setAsking(true)
    else void start.run({})
  }

  const handleKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || event.defaultPrevented || isRunning || isAsking)
      return
    event.preventDefault()
    run()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => handleKey(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
  useCanvasCommands(() => run())

  return (
    <div className="relative shrink-0">
      <TopBar
        crumbs={<Link to="/workflows">Workflows</Link>}
        title={<WorkflowName workflow={workflow} />}
        note={<SaveNote />}
        actions={
          <>
            <Watchers />
            <RoleNote />
            <ProblemList />
            <Link to={`/executions?workflowId=${workflow.id}`} className={buttonClass('quiet')}>
              <Activity />
              <span className="max-sm:sr-only">Runs</span>
            </Link>
            {!mayRun ? null : isRunning ? (
              <>
                <HoldButton />
                <StopButton />
              </>
            ) : (
              <Button variant="primary" icon={<Play />} kbd="⌘↵" busy={start.isStarting} onClick={run}>
                Run
              </Button>
            )}
          </>
        }
      />
      {!isRunning && mayRun && <ReadyNote workflow={workflow} />}
      {isAsking && (
        <StartDialog
          workflow={workflow}
          isStarting={start.isStarting}
          onClose={() => setAsking(false)}
          onStart={(input) =>
            void start.run(input).then((isStarted) => {
              if (isStarted) setAsking(false)
            })
          }
        />
      )}
    </div>
  )
}

function SaveNote() {
  const phase = useGraph((state) => state.phase)
  const version = useGraph((state) => state.version)
  const error = useGraph((state) => state.saveError)
  if (phase === 'saved') return `Saved · v${version}`
  if (phase === 'failed')
    return (
      <span className="text-failed-text" title={error?.code}>
        Not saved: {error?.message} Trying again.
      </span>
    )
  if (phase === 'read-only') return `v${version}`
  if (phase === 'conflict') return <span className="text-retry-text">Not saved</span>
  return 'Saving…'
}

/** Asks the run to stop; until it has, the button says that it is on its way. */
function StopButton() {
  const executionId = useExecutionState((state) => state.executionId)
  const cancel = useCancelExecution()
  const isStopping = cancel.isPending || (cancel.isSuccess && cancel.variables === executionId)
  return (
    <Button
      variant="danger"
      icon={<Square />}
      busy={isStopping}
      onClick={() => {
        if (executionId === null) return
        cancel.mutate(executionId, {
          onError: (error) => toast.failed('The run could not be stopped', { description: errorMessage(error) }),
        })
      }}
    >
      {isStopping ? 'Stopping' : 'Stop'}
    </Button>
  )
}

/** Keys of the canvas, for the palette of commands and the list of shortcuts. */
function useCanvasCommands(run: () => void): void {
  const graph = useGraphStore()
  const latestRun = useRef(run)
  useEffect(() => {
    latestRun.current = run
  })
  const commands = useMemo<Command[]>(() => {
    const section = 'Canvas'
    const key = (id: string, label: string, shortcut: string): Command => ({
      id: `canvas:${id}`,
      label,
      section,
      shortcut,
      hidden: true,
      run: () => undefined,
    })
    return [
      { id: 'canvas:run', label: 'Run the workflow', section, shortcut: '⌘↵', run: () => latestRun.current() },
      { id: 'canvas:undo', label: 'Undo', section, shortcut: '⌘Z', run: () => graph.undo() },
      { id: 'canvas:redo', label: 'Redo', section, shortcut: '⌘⇧Z', run: () => graph.redo() },
      key('add', 'Add a step at the pointer', 'N'),
      key('connect', 'Connect the chosen step', 'E'),
      key('walk', 'Walk to the next step', 'Tab'),
      key('arrows', 'Walk to a neighbour', '→'),
      key('open', 'Open the chosen step', '↵'),
      key('delete', 'Delete what is chosen', '⌫'),
      key('duplicate', 'Duplicate what is chosen', '⌘D'),
      key('fit', 'Show all steps', '⇧1'),
    ]
  }, [graph])
  useCommands('canvas', commands)
}
