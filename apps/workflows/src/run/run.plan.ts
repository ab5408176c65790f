import {
  dependenciesOf,
  UNDO,
  type Compensation,
  type InnerStep,
  type RunDocument,
  type Step,
  type WorkflowDefinition,
} from '@ao/contracts';
import { isSameJson } from '@ao/kernel';
import { RunInputs } from './run.inputs';

/** What a definition says, ready to be decided by. */
export interface Plan {
  readonly definition: WorkflowDefinition;
  readonly steps: readonly PlannedStep[];
  readonly byKey: ReadonlyMap<string, PlannedStep>;
  readonly inputs: RunInputs;
  /** Whether there is anything in it that says how it is taken back. */
  readonly compensates: boolean;
}

export interface PlannedStep {
  readonly key: string;
  readonly step: Step;
  /** All that it waits for. */
  readonly dependencies: readonly string[];
  /** The condition in one of whose branches it is, and in which. */
  readonly branch: { readonly of: string; readonly when: boolean } | undefined;
  /** The steps that wait for it. */
  readonly followers: readonly string[];
}

/** What a node of a run does: a step, one within another, or what takes one of them back. */
export interface Doing {
  readonly node: string;
  readonly action: Step | InnerStep | Compensation;
  /** Where its action stands in the definition: its compiled inputs are kept by this. */
  readonly place: string;
  /** Of an item of a map: which. */
  readonly item: number | undefined;
  /** The step that it is, or that it is within. */
  readonly step: PlannedStep;
  /** Of a compensation: what it takes back. */
  readonly undoes: string | undefined;
}

const plans = new WeakMap<WorkflowDefinition, Plan>();
/** Runs of one version each bring the definition as an object of their own: the newest of these share one plan. */
const byVersion = new Map<string, Plan>();
const KEPT = 500;

/** The plan of a run's definition: worked out once for all runs of a version. */
export function planOf({ workflow_id, version, definition }: RunDocument): Plan {
  const known = plans.get(definition);
  if (known) return known;
  const key = `${workflow_id}@${version}`;
  const shared = byVersion.get(key);
  const plan = shared && isSameJson(shared.definition, definition) ? shared : planned(definition);
  byVersion.delete(key);
  byVersion.set(key, plan);
  if (byVersion.size > KEPT) byVersion.delete(byVersion.keys().next().value!);
  plans.set(definition, plan);
  return plan;
}

function planned(definition: WorkflowDefinition): Plan {
  const { steps } = definition;
  const dependencies = dependenciesOf(steps);
  const branches = new Map<string, NonNullable<PlannedStep['branch']>>();
  const followers = new Map<string, string[]>(steps.map(({ key }) => [key, []]));
  for (const step of steps) {
    for (const before of dependencies.get(step.key) ?? []) followers.get(before)?.push(step.key);
    if (step.type !== 'condition') continue;
    for (const key of step.condition.then) if (!branches.has(key)) branches.set(key, { of: step.key, when: true });
    for (const key of step.condition.else) if (!branches.has(key)) branches.set(key, { of: step.key, when: false });
  }
  const all = steps.map((step) => ({
    key: step.key,
    step,
    dependencies: dependencies.get(step.key) ?? [],
    branch: branches.get(step.key),
    followers: followers.get(step.key)!,
  }));
  const byKey = new Map(all.map((step) => [step.key, step]));
  return { definition, steps: all, byKey, inputs: new RunInputs(), compensates: steps.some(saysHowToUndo) };
}

const saysHowToUndo = (step: Step): boolean =>
  step.compensation !== undefined ||
  (step.type === 'parallel' && step.parallel.steps.some(({ compensation }) => compensation !== undefined)) ||
  (step.type === 'map' && step.map.step.compensation !== undefined);

export const isContainer = (type: string): type is 'parallel' | 'map' => type === 'parallel' || type === 'map';

/** What a node does by the plan; undefined: the plan knows no such node. */
export function doingOf(plan: Plan, node: string): Doing | undefined {
  if (node.startsWith(UNDO)) {
    const undone = doingOf(plan, node.slice(UNDO.length));
    const compensation = undone && compensationOf(undone);
    if (!compensation) return undefined;
    return { ...undone, node, action: compensation, place: `${undone.place}!`, undoes: undone.node };
  }
  const slash = node.indexOf('/');
  const step = plan.byKey.get(slash < 0 ? node : node.slice(0, slash));
  if (!step) return undefined;
  if (slash < 0) return doingStep(step);
  const within = node.slice(slash + 1);
  if (step.step.type === 'map') return doingItem(step, Number(within));
  if (step.step.type !== 'parallel') return undefined;
  const branch = step.step.parallel.steps.find(({ key }) => key === within);
  return branch && doingBranch(step, branch);
}

export const doingStep = (step: PlannedStep): Doing => ({
  ...{ node: step.key, action: step.step, place: step.key, item: undefined, step, undoes: undefined },
});

export function doingBranch(step: PlannedStep, branch: InnerStep): Doing {
  const node = `${step.key}/${branch.key}`;
  return { node, action: branch, place: node, item: undefined, step, undoes: undefined };
}

export function doingItem(step: PlannedStep, item: number): Doing | undefined {
  if (step.step.type !== 'map') return undefined;
  const { key, step: inner } = { key: step.key, step: step.step.map.step };
  return { node: `${key}/${item}`, action: inner, place: `${key}/*`, item, step, undoes: undefined };
}

export function compensationOf({ action }: Doing): Compensation | undefined {
  return 'compensation' in action ? action.compensation : undefined;
}

/** The steps and everything that follows them, in the order of the definition. */
export function withFollowers(plan: Plan, keys: Iterable<string>): string[] {
  const found = new Set<string>();
  const open = [...keys];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (found.has(key)) continue;
    found.add(key);
    open.push(...(plan.byKey.get(key)?.followers ?? []));
  }
  return plan.steps.flatMap(({ key }) => (found.has(key) ? [key] : []));
}
