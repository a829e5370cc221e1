import type { Workflow } from '@millrace/shared/api/workflows'
import type { NodeInstance, WorkflowDefinition, WorkflowProblem } from '@millrace/shared/graph/workflow-definition'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { type History, record, redo, startHistory, undo } from './graph-history.ts'

/** What a person edits and can take back. */
export interface GraphDocument {
  name: string
  definition: WorkflowDefinition
}

/**
 * saved: the server has what is shown. dirty: changes wait for the next save. saving: they are on their way.
 * failed: the server did not take them; the next try comes by itself. conflict: somebody saved a newer version, so
 * nothing is saved until a person has chosen. read-only: nothing can be changed here.
 */
export type SavePhase = 'saved' | 'dirty' | 'saving' | 'failed' | 'conflict' | 'read-only'

export interface GraphState {
  workflowId: string
  /** The server's version that the changes began from. */
  version: number
  history: History<GraphDocument>
  /** Same as `history.present.definition`; here, because nearly everyone reads it. */
  definition: WorkflowDefinition
  name: string
  /** Steps by id, each the same object until it changes. */
  nodesById: ReadonlyMap<string, NodeInstance>
  phase: SavePhase
  saveError: { message: string; code: string } | null
  problems: readonly WorkflowProblem[]
}

export interface GraphCommand {
  /** For the undo button: "move", "connect". */
  label: string
  /** Commands with the same key that follow each other closely are one step back: one drag, one typed text. */
  key?: string
}

export interface GraphStore {
  store: StoreApi<GraphState>
  /** Runs a command. One that returns the definition it was given does nothing. */
  change: (command: GraphCommand, apply: (definition: WorkflowDefinition) => WorkflowDefinition) => void
  rename: (name: string) => void
  undo: () => void
  redo: () => void
  /** Takes the server's state as the new beginning; what could be undone is gone. */
  load: (workflow: Pick<Workflow, 'id' | 'name' | 'version' | 'definition'>) => void
  setSave: (save: Partial<Pick<GraphState, 'phase' | 'saveError' | 'version'>>) => void
  setProblems: (problems: readonly WorkflowProblem[]) => void
}

export interface GraphStoreOptions {
  workflow: Pick<Workflow, 'id' | 'name' | 'version' | 'definition'>
  readOnly?: boolean
  now?: () => number
}

/** The drawing of one page. One store per opened workflow; it writes nothing by itself (see `graph-autosave.ts`). */
export function createGraphStore({ workflow, readOnly = false, now = Date.now }: GraphStoreOptions): GraphStore {
  const store = createStore<GraphState>(() => beginWith(workflow, readOnly))

  function show(history: History<GraphDocument>) {
    const { history: before, phase, nodesById } = store.getState()
    if (history === before || readOnly) return
    const { definition, name } = history.present
    store.setState({
      history,
      definition,
      name,
      nodesById: definition === before.present.definition ? nodesById : indexNodes(definition),
      phase: phase === 'conflict' ? phase : 'dirty',
    })
  }

  const edit = (value: GraphDocument, { label, key }: GraphCommand) =>
    show(record(store.getState().history, { value, label, at: now(), ...(key === undefined ? {} : { key }) }))

  return {
    store,
    change(command, apply) {
      const { present } = store.getState().history
      const definition = apply(present.definition)
      if (definition !== present.definition) edit({ ...present, definition }, command)
    },
    rename(name) {
      const { present } = store.getState().history
      if (name.trim() !== '' && name !== present.name)
        edit({ ...present, name: name.trim() }, { label: 'rename', key: 'name' })
    },
    undo: () => show(undo(store.getState().history)),
    redo: () => show(redo(store.getState().history)),
    load: (next) => store.setState(beginWith(next, readOnly)),
    setSave: (save) => store.setState(save),
    setProblems: (problems) => store.setState({ problems }),
  }
}

function beginWith(workflow: GraphStoreOptions['workflow'], readOnly: boolean): GraphState {
  const { definition, name } = workflow
  return {
    workflowId: workflow.id,
    version: workflow.version,
    history: startHistory({ name, definition }),
    definition,
    name,
    nodesById: indexNodes(definition),
    phase: readOnly ? 'read-only' : 'saved',
    saveError: null,
    problems: [],
  }
}

function indexNodes(definition: WorkflowDefinition): ReadonlyMap<string, NodeInstance> {
  return new Map(definition.nodes.map((node) => [node.id, node]))
}
