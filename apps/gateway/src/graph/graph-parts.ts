import {
  UNDO,
  dependenciesOf,
  evolveApproval,
  type ApprovalDocument,
  type ApprovalEvent,
  type RunDocument,
  type Step,
} from '@ao/contracts';
import { containersOf, courseOf, type Attempt, type NodeCourse, type Part, type RunCourse } from './run-course';
import { charge, durationOf, type Draft } from './graph-draft';
import { nodeId } from './run-graph.types';
import type { LoggedEvent, RunHistory } from './run-history';
import { coveredMs, taskWorkOf, workedAt } from './task-work';

/** @param above ids of all that the run is done for: what it costs, they cost */
export function addRun(draft: Draft, history: RunHistory, above: readonly string[]): RunDocument | undefined {
  const course = courseOf(history);
  if (!course) return undefined;
  const { run } = course;
  const id = nodeId.run(run.run_id);
  const { run_id, workflow_id, workflow_name, version, status, cause, parent, fork, started_by, failure } = run;
  draft.nodes.set(id, {
    ...{ id, kind: 'run', label: workflow_name, run_id, status, workflow_id, workflow_name, version, cause, parent },
    ...{ fork, started_by, failure, started_at: run.started_at, ended_at: run.ended_at },
    duration_ms: durationOf(run.started_at, run.ended_at, draft.now),
  });
  draft.firm.add(id);
  const place = new Place(draft, history, course, [...above, id]);
  place.addSteps();
  for (const node of course.nodes.values()) place.addNode(node);
  place.addSignals();
  for (const event of history.events) {
    const part = course.about.get(event.position);
    if (part) draft.causes.add(event, place.idOf(part));
  }
  return run;
}

/** One run of a graph. */
class Place {
  private readonly run_id: string;
  private readonly steps: readonly Step[];
  private readonly containerOf: (node: NodeCourse) => string | undefined;

  constructor(
    private readonly draft: Draft,
    private readonly history: RunHistory,
    private readonly course: RunCourse,
    private readonly above: readonly string[],
  ) {
    this.run_id = course.run.run_id;
    this.containerOf = containersOf(course);
    const steps = (course.run.definition as { readonly steps?: unknown }).steps;
    this.steps = Array.isArray(steps) ? (steps as Step[]) : [];
  }

  idOf(part: Part): string {
    switch (part.kind) {
      case 'run':
        return nodeId.run(this.run_id);
      case 'step':
        return nodeId.step(this.run_id, part.node);
      case 'attempt':
        return nodeId.attempt(this.run_id, part.node, part.attempt);
      case 'signal':
        return nodeId.signal(part.signal_id);
    }
  }

  /** All of the definition, whether they have begun or not, with what each depends on. */
  addSteps(): void {
    const { edges, firm } = this.draft;
    const dependencies = dependenciesOf(this.steps);
    for (const { key, name, type } of this.steps) {
      const id = this.addStep(key, name, type);
      firm.add(id);
      const before = dependencies.get(key) ?? [];
      for (const other of before) edges.add('depends', nodeId.step(this.run_id, other), id);
      if (before.length === 0) edges.add('spawned', nodeId.run(this.run_id), id);
    }
  }

  /** What became of a node, and all that it made. */
  addNode(course: NodeCourse): void {
    const { node, attempts } = course;
    const { edges, nodes } = this.draft;
    const id = nodeId.step(this.run_id, node);
    if (!nodes.has(id)) this.addStep(node, node, attempts.at(-1)?.work.type ?? null);
    const container = this.containerOf(course);
    if (container !== undefined) edges.add('spawned', nodeId.step(this.run_id, container), id);
    if (node.startsWith(UNDO)) edges.add('compensates', id, nodeId.step(this.run_id, node.slice(UNDO.length)));
    const holders = container === undefined ? [id] : [nodeId.step(this.run_id, container), id];
    for (const attempt of attempts) this.addAttempt(node, id, attempt, [...this.above, ...holders]);
  }

  addSignals(): void {
    const { draft, run_id } = this;
    for (const { signal_id, name, correlation, sent_by, at, taken } of this.course.signals.values()) {
      const id = nodeId.signal(signal_id);
      const ended_at = taken?.at ?? null;
      draft.nodes.set(id, {
        ...{ id, kind: 'signal', label: name, run_id, status: taken ? 'taken' : 'kept', signal_id, name, correlation },
        ...{ sent_by, started_at: at, ended_at, duration_ms: durationOf(at, ended_at, draft.now) },
      });
      if (taken) draft.edges.add('waits', id, nodeId.attempt(run_id, taken.node, taken.attempt));
    }
  }

  private addStep(node: string, label: string, type: string | null): string {
    const known = this.course.run.nodes[node];
    const course = this.course.nodes.get(node);
    const id = nodeId.step(this.run_id, node);
    const started_at = course?.started_at ?? null;
    const ended_at = course?.ended_at ?? null;
    this.draft.nodes.set(id, {
      ...{ id, kind: 'step', label, run_id: this.run_id, status: known?.status ?? 'not_started', node, type },
      ...{ attempts: course?.attempts.length ?? 0, carried: known?.carried ?? false, failure: known?.failure ?? null },
      ...{ started_at, ended_at, duration_ms: durationOf(started_at, ended_at, this.draft.now) },
    });
    return id;
  }

  private addAttempt(node: string, step: string, of: Attempt, holders: readonly string[]): void {
    const { draft, run_id } = this;
    const { attempt, work, status, started_at, ended_at, retry_at, failure } = of;
    const id = nodeId.attempt(run_id, node, attempt);
    const label = `${node} #${attempt}`;
    draft.nodes.set(id, {
      ...{ id, kind: 'attempt', label, run_id, status, node, attempt, type: work.type, retry_at, failure },
      due_at: work.type === 'timer' ? work.due_at : null,
      ...{ started_at, ended_at, duration_ms: durationOf(started_at, ended_at, draft.now) },
    });
    draft.edges.add('spawned', step, id);
    const all = [...holders, id];
    if (work.type === 'task') this.addTask(work.task_id, id, all);
    if (work.type === 'approval') this.addApproval(work.approval_id, id);
    if (work.type === 'workflow') this.addChild(work.child_run_id, id, all);
  }

  private addTask(task_id: string, attempt: string, holders: readonly string[]): void {
    const history = this.history.tasks.get(task_id);
    const { draft, run_id } = this;
    const { now } = draft;
    const work = taskWorkOf(history?.events ?? []);
    const { task, assignments } = work;
    if (!history || !task) return;
    const id = nodeId.task(task_id);
    const { status, submitted_at, ended_at, type, priority, late_results, title, failure } = task;
    const duration_ms = durationOf(submitted_at, ended_at, now)!;
    const from = Date.parse(submitted_at);
    const work_ms = coveredMs(workedAt(work), from, from + duration_ms);
    draft.nodes.set(id, {
      ...{ id, kind: 'task', label: title ?? type, run_id, status, task_id, type, priority, assignments },
      ...{ late_results, work_ms, wait_ms: duration_ms - work_ms },
      failure: failure && { class: failure.class ?? '', message: failure.message },
      ...{ started_at: submitted_at, ended_at, duration_ms },
    });
    draft.edges.add('spawned', attempt, id);
    for (const event of [...history.events, ...history.usage]) draft.causes.add(event, id);
    charge(draft, [...holders, id], history.usage);
  }

  private addApproval(approval_id: string, attempt: string): void {
    const events = this.history.approvals.get(approval_id) ?? [];
    const approval = approvalOf(events);
    if (!approval) return;
    const { draft, run_id } = this;
    const id = nodeId.approval(approval_id);
    const { title: label, status, required, requested_by, reason, requested_at, decided_at } = approval;
    draft.nodes.set(id, {
      ...{ id, kind: 'approval', label, run_id, status, approval_id, required, requested_by, reason },
      votes: approval.votes.map(({ by, vote, at }) => ({ by, vote, at })),
      ...{ started_at: requested_at, ended_at: decided_at },
      duration_ms: durationOf(requested_at, decided_at, draft.now),
    });
    draft.edges.add('spawned', attempt, id);
    draft.edges.add('waits', id, attempt);
    for (const event of events) draft.causes.add(event, id);
  }

  private addChild(run_id: string, attempt: string, holders: readonly string[]): void {
    const child = this.history.children.get(run_id);
    if (!child || !addRun(this.draft, child, holders)) return;
    this.draft.edges.add('spawned', attempt, nodeId.run(run_id));
  }
}

function approvalOf(events: readonly LoggedEvent[]): ApprovalDocument | undefined {
  let approval: ApprovalDocument | undefined;
  for (const event of events) approval = evolveApproval(approval, event as LoggedEvent & ApprovalEvent);
  return approval;
}
