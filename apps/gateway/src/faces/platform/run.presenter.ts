import {
  STEP_TYPES,
  UNDO,
  currentSteps,
  dependenciesOf,
  priorityBand,
  stepCounts,
  type RunDocument,
  type RunNode,
  type RunSummary,
  type Step,
  type StepType,
  type Work,
} from '@ao/contracts';
import type { ListedRun, ShownNode, ShownRun } from './run.schemas';

/** Of what steps were given and gave, in one answer: a map of a thousand items could have a hundred times as much. */
const MAX_VALUES_BYTES = 1024 * 1024;

type Headed = Pick<RunSummary, keyof RunSummary & keyof RunDocument>;

export function presentListedRun(run: RunSummary): ListedRun {
  return {
    ...headOf(run),
    steps: { total: run.total_steps, ...stepCounts(run) },
    current_steps: currentSteps(run),
    waiting_approvals: [...run.approvals],
    revision: run.revision,
  };
}

/** Steps as the definition lists them, whether they have begun or not. */
export function presentRun(run: RunDocument): ShownRun {
  const room = new Room(MAX_VALUES_BYTES);
  const steps = stepsOf(run);
  const before = dependenciesOf(steps);
  const nodes = Object.keys(run.nodes);
  const shown = (node: string, type?: StepType) => presentNode(node, run.nodes[node], room, type);
  return {
    ...headOf(run),
    parameters: run.parameters,
    output: run.output,
    steps: steps.map(({ key, name, type }) => ({
      ...{ key, name, ...shown(key, type) },
      depends_on: [...(before.get(key) ?? [])],
      items: nodes.filter((node) => node.startsWith(`${key}/`)).map((node) => shown(node)),
    })),
    compensations: nodes.filter((node) => node.startsWith(UNDO)).map((node) => shown(node)),
    signals: run.signals.map((signal) => ({ ...signal })),
  };
}

/** Definitions of the log are taken as they are. */
function stepsOf({ definition }: RunDocument): readonly Step[] {
  return Array.isArray(definition.steps) ? definition.steps : [];
}

function headOf(run: Headed) {
  const { run_id, workflow_id, workflow_name, version, status, priority, cause, parent, depth, fork } = run;
  const { started_by, failure, compensated, deadline, started_at, paused_at, updated_at, ended_at } = run;
  return {
    ...{ id: run_id, workflow_id, workflow_name, version, status, priority },
    priority_name: priorityBand(priority),
    ...{ cause, parent, depth, fork, started_by, failure, compensated },
    ...{ deadline, started_at, paused_at, updated_at, ended_at },
    duration_seconds: ended_at === null ? null : secondsBetween(started_at, ended_at),
  };
}

export function secondsBetween(start: string, end: string): number {
  return Math.max(0, Date.parse(end) - Date.parse(start)) / 1000;
}

/** What is left for values in an answer. */
class Room {
  constructor(private left: number) {}

  /** The values, or nulls where they have no room. */
  take(input: unknown, output: unknown): Pick<ShownNode, 'input' | 'output' | 'withheld'> {
    const bytes = JSON.stringify([input, output]).length;
    if (bytes > this.left) return { input: null, output: null, withheld: true };
    this.left -= bytes;
    return { input, output, withheld: false };
  }
}

function presentNode(node: string, known: RunNode | undefined, room: Room, type?: StepType): ShownNode {
  const work = known?.work ?? null;
  return {
    node,
    type: work ? (STEP_TYPES.find((word) => word === work.type) ?? null) : (type ?? null),
    status: known?.status ?? 'not_started',
    attempts: known?.attempt ?? 0,
    ...room.take(inputOf(work), known?.output ?? null),
    failure: known?.failure ?? null,
    carried: known?.carried ?? false,
    task_id: work?.type === 'task' ? work.task_id : null,
    approval_id: work?.type === 'approval' ? work.approval_id : null,
    child_run_id: work?.type === 'workflow' ? work.child_run_id : null,
    started_at: known?.started_at ?? null,
    timeout_at: known?.timeout_at ?? null,
    retry_at: known?.retry_at ?? null,
    ended_at: known?.ended_at ?? null,
  };
}

/** With everything worked out. Headers stay out: people put keys into them. */
function inputOf(work: Work | null): unknown {
  switch (work?.type) {
    case 'task':
      return work.order.payload ?? null;
    case 'approval':
      return work.terms.arguments;
    case 'workflow':
      return work.parameters;
    case 'webhook':
      return { method: work.method, url: work.url, body: work.body };
    case 'signal':
      return { name: work.name, correlation: work.correlation };
    case 'timer':
      return { due_at: work.due_at };
    case 'map':
      return work.items;
    case 'compensate':
      return { steps: work.steps };
    default:
      return null;
  }
}
