import { WorkflowDefinition, type RunDocument, type RunEvent, type Work } from '@ao/contracts';
import { isRejection, type Rejection } from '@ao/kernel';
import { testCommand } from '@ao/kernel/testing';
import type { z } from 'zod';
import { nextWake } from './next-wake';
import { runDecider, type Carried, type RunCommand } from './run.decider';

/** One run, told what happens to it; times are seconds after T0. */

export const RUN = '018f0000-0000-7000-8000-000000000001';
export const WORKFLOW = '018f0000-0000-7000-8000-0000000000aa';
export const T0 = '2026-01-01T00:00:00.000Z';
export const after = (seconds: number) => new Date(Date.parse(T0) + Math.round(seconds * 1000)).toISOString();

type Written = z.input<typeof WorkflowDefinition>;
export type WrittenStep = Written['steps'][number];

/** A definition of these steps, with what a release would fill in. */
export const definitionOf = (steps: WrittenStep[], rest: Partial<Written> = {}) =>
  WorkflowDefinition.parse({ ...rest, steps });

/** A step that makes a task of its key. */
export const task = (key: string, rest: object = {}): WrittenStep => ({
  ...{ key, name: key, type: 'task', task: { type: key } },
  ...rest,
});

export interface Begin {
  parameters?: Record<string, unknown>;
  priority?: number;
  depth?: number;
  fork?: { run_id: string; from: string; carried: Carried[] };
}

export class RunSpec {
  run: RunDocument | undefined;
  /** All there are, and those of the newest decision. */
  readonly events: RunEvent[] = [];
  newest: readonly RunEvent[] = [];
  result: unknown;

  constructor(
    readonly decider: typeof runDecider = runDecider,
    public now = 0,
    readonly run_id = RUN,
  ) {}

  at(seconds: number): this {
    this.now = seconds;
    return this;
  }

  /** Decides and takes the events in; the rejection, if it is one. */
  tell(type: RunCommand['type'], data: object = {}): Rejection | undefined {
    const command = testCommand(type, { run_id: this.run_id, ...data }, { time: after(this.now) }) as RunCommand;
    const decision = this.decider.decide(command, this.run);
    if (isRejection(decision)) return decision;
    // As a log keeps them.
    this.newest = JSON.parse(JSON.stringify(decision.events)) as RunEvent[];
    this.events.push(...this.newest);
    this.run = this.decider.evolveAll!(this.run, this.newest);
    this.result = decision.result;
    return undefined;
  }

  start(steps: WrittenStep[], rest: Partial<Written> = {}, begin: Begin = {}): this {
    return this.begin(definitionOf(steps, rest), begin);
  }

  begin(definition: WorkflowDefinition, { parameters = {}, priority = 50, depth = 0, fork }: Begin = {}): this {
    const what = { workflow_id: WORKFLOW, workflow_name: 'w', version: 1, definition, parameters, priority, depth };
    const why = { cause: { kind: 'request', id: null }, parent: null, started_by: 'user:u', fork: fork ?? null };
    const rejected = this.tell('StartRun', { ...what, ...why });
    if (rejected) throw new Error(rejected.message);
    return this;
  }

  node(name: string) {
    return this.run?.nodes[name];
  }

  work<Type extends Work['type']>(name: string, type: Type): Extract<Work, { type: Type }> {
    const work = this.node(name)?.work;
    if (work?.type !== type) throw new Error(`${name} is at no ${type}`);
    return work as Extract<Work, { type: Type }>;
  }

  /** The task of a node has a result. */
  done(node: string, result: unknown = null): this {
    const { task_id } = this.work(node, 'task');
    this.tell('TaskEnded', { node, task_id, status: 'completed', result });
    return this;
  }

  failed(node: string, failure: { class?: string; message: string } = { class: 'broken', message: 'no' }): this {
    const { task_id } = this.work(node, 'task');
    this.tell('TaskEnded', { node, task_id, status: 'failed', failure });
    return this;
  }

  wake(seconds = this.now): this {
    this.at(seconds).tell('Wake');
    return this;
  }

  /** What the newest decision gave, shortly: `StepStarted a`. */
  get told(): string[] {
    return this.newest.map(({ type, data }) => ('node' in data ? `${type} ${data.node}` : type));
  }

  /** The status of every node. */
  get statuses(): Record<string, string> {
    return Object.fromEntries(Object.entries(this.run!.nodes).map(([name, { status }]) => [name, status]));
  }

  get nextWake(): string | null {
    return nextWake(this.run!);
  }
}
