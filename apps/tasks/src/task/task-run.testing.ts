import { evolveTask, type RetryPolicy, type TaskDocument, type TaskEvent, type TaskSpecification } from '@ao/contracts';
import { isRejection } from '@ao/kernel';
import { testCommand } from '@ao/kernel/testing';
import * as fc from 'fast-check';
import { evolveOpenTask, openTaskAfterRetry, type OpenTask, type TaskInput } from '../open-task/open-task';
import { taskDecider, type TaskCommand } from './task.decider';
import type { TaskState } from './task.state';

export const TASK = '018f0000-0000-7000-8000-000000000001';
export const AGENTS = ['018f0000-0000-7000-8000-00000000000a', '018f0000-0000-7000-8000-00000000000b'] as const;
export const DEPENDENCIES = ['018f0000-0000-7000-8000-0000000000d1', '018f0000-0000-7000-8000-0000000000d2'] as const;
const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const reason = { strategy: 'least_connections', candidates: [], candidate_count: 0 };

/** The task as its three folds have it: the decider's state, the dispatcher's open task, the readers' document. */
export interface Folds {
  readonly state: TaskState;
  readonly open: OpenTask | undefined;
  readonly document: TaskDocument | undefined;
}

const NOTHING: Folds = { state: taskDecider.initialState(), open: undefined, document: undefined };

function evolveAll(folds: Folds, event: TaskEvent, history: readonly TaskEvent[]): Folds {
  const at = (each: TaskEvent, index: number): TaskInput => ({ ...each, position: index + 1 });
  const reopened = event.type === 'TaskRetried' ? openTaskAfterRetry([...history, event].map(at)) : undefined;
  return {
    state: taskDecider.evolve(folds.state, event),
    open: evolveOpenTask(folds.open, { ...at(event, history.length), ...(reopened && { reopened }) }),
    document: evolveTask(folds.document, event),
  };
}

/** A task on the log, with a clock and tokens of its own; every command is decided on the present state, as the shell does. */
export class Run {
  readonly events: TaskEvent[] = [];
  readonly tokens: string[] = [];
  folds: Folds = NOTHING;
  private now = T0;

  constructor(change: Partial<TaskSpecification>) {
    const specification: TaskSpecification = {
      type: 't',
      payload: {},
      priority: 40,
      requirements: { capabilities: [] },
      retry: { max_attempts: 3, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 },
      lease_seconds: 60,
      ...change,
    };
    this.send('SubmitTask', { task_id: TASK, specification, pool: 'default' });
  }

  get state(): TaskState {
    return this.folds.state;
  }

  /** What the log alone makes of it. */
  replayed(): Folds {
    return this.events.reduce((folds, event, index) => evolveAll(folds, event, this.events.slice(0, index)), NOTHING);
  }

  send<Type extends TaskCommand['type']>(type: Type, data: Extract<TaskCommand, { type: Type }>['data']): boolean {
    const command = testCommand(type, data, { time: this.inSeconds(0) }) as TaskCommand;
    const decision = taskDecider.decide(command, this.state);
    const events = isRejection(decision) ? ((decision.record ?? []) as TaskEvent[]) : decision.events;
    for (const event of events) {
      this.folds = evolveAll(this.folds, event, this.events);
      this.events.push(event);
      if (event.type === 'TaskAssigned') this.tokens.push(event.data.lease_token);
    }
    return !isRejection(decision);
  }

  assign(agent_id: string = AGENTS[0]): boolean {
    const lease_token = `018f0000-0000-7000-8000-${String(this.events.length).padStart(12, '0')}`;
    return this.send('AssignTask', { task_id: TASK, agent_id, lease_token, pool: 'default', epoch: 1, reason });
  }

  wait(seconds: number): void {
    this.now += seconds * 1000;
  }

  inSeconds(seconds: number): string {
    return new Date(this.now + seconds * 1000).toISOString();
  }

  count(...types: TaskEvent['type'][]): number {
    return this.events.filter((event) => types.includes(event.type)).length;
  }
}

export type Step = (run: Run) => void;

const tokenOf = (run: Run, pick: number) => run.tokens[run.tokens.length - 1 - (pick % run.tokens.length)];
const agents = fc.constantFrom(...AGENTS);
const dependencies = fc.constantFrom(...DEPENDENCIES);
const picks = fc.option(fc.nat(3), { nil: undefined });
const reference = (run: Run, agent_id: string, pick: number | undefined) => {
  return { task_id: TASK, agent_id, lease_token: pick === undefined ? undefined : tokenOf(run, pick) };
};
const always = (step: Step) => fc.constant(step);

/** What agents, the dispatcher and the clock do. */
export const work: fc.Arbitrary<Step> = fc.oneof(
  agents.map(
    (agent): Step =>
      (run) =>
        void run.assign(agent),
  ),
  fc.tuple(agents, picks).map(
    ([agent, pick]): Step =>
      (run) =>
        void run.send('StartTask', reference(run, agent, pick)),
  ),
  fc.tuple(agents, picks, fc.constantFrom('ok', 'retry', 'final', 'fatal')).map(([agent, pick, how]): Step => (run) => {
    const failure = { message: 'x', retryable: how !== 'final', class: how, retry_after_ms: 5_000 };
    const outcome = how === 'ok' ? ({ success: true, result: 1 } as const) : ({ success: false, failure } as const);
    run.send('CompleteTask', { ...reference(run, agent, pick), outcome });
  }),
  agents.map(
    (agent): Step =>
      (run) =>
        void run.send('ReturnTask', { task_id: TASK, agent_id: agent, reason: 'stop' }),
  ),
  fc.tuple(agents, fc.constantFrom('why?', 'how?')).map(
    ([agent, prompt]): Step =>
      (run) =>
        void run.send('RequireInput', { task_id: TASK, agent_id: agent, prompt }),
  ),
  fc
    .tuple(fc.nat(3), fc.constantFrom('lease_expired' as const, 'agent_lost' as const))
    .map(([pick, why]): Step => (run) => {
      const lease_token = tokenOf(run, pick);
      if (lease_token) run.send('ExpireTaskLease', { task_id: TASK, lease_token, reason: why });
    }),
  always((run) => void run.send('ReleaseTask', { task_id: TASK })),
  fc.tuple(dependencies, fc.constantFrom('completed', 'failed')).map(
    ([dependency_id, status]): Step =>
      (run) =>
        void run.send('EndDependency', { task_id: TASK, dependency_id, status }),
  ),
  fc.nat(90).map(
    (seconds): Step =>
      (run) =>
        run.wait(seconds),
  ),
);

/** What people do with a task, and its deadline. */
export const intervention: fc.Arbitrary<Step> = fc.oneof(
  always((run) => void run.send('PauseTask', { task_id: TASK, reason: 'lunch' })),
  always((run) => void run.send('ResumeTask', { task_id: TASK })),
  always((run) => void run.send('ProvideInput', { task_id: TASK, input: 42 })),
  always((run) => void run.send('ExpireTask', { task_id: TASK })),
  always((run) => void run.send('CancelTask', { task_id: TASK, reason: 'not needed' })),
  always((run) => void run.send('DeadLetterTask', { task_id: TASK, reason: 'hopeless' })),
  always((run) => void run.send('RemoveDeadLetter', { task_id: TASK, reason: 'seen' })),
  fc.tuple(agents, picks).map(([agent, pick]): Step => (run) => {
    run.send('AcceptResult', { ...reference(run, agent, pick), result: 2 });
  }),
  fc
    .record({ priority: fc.nat(100), deadline: fc.constantFrom(null, -1, 60) }, { requiredKeys: [] })
    .map(({ deadline, ...changes }): Step => (run) => {
      const moved = typeof deadline === 'number' ? { deadline: run.inSeconds(deadline) } : { deadline };
      run.send('ChangeTask', { task_id: TASK, changes: { ...changes, ...(deadline !== undefined && moved) } });
    }),
);

export const retrying: fc.Arbitrary<Step> = fc.option(fc.integer({ min: -5, max: 60 }), { nil: undefined }).map(
  (seconds): Step =>
    (run) =>
      void run.send('RetryTask', {
        task_id: TASK,
        not_before: seconds === undefined ? seconds : run.inSeconds(seconds),
      }),
);

export const policies: fc.Arbitrary<RetryPolicy> = fc.record(
  {
    max_attempts: fc.integer({ min: 1, max: 5 }),
    initial_delay_ms: fc.nat(10_000),
    factor: fc.double({ min: 1, max: 10, noNaN: true }),
    max_delay_ms: fc.nat(60_000),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    non_retryable: fc.constant(['fatal']),
  },
  { requiredKeys: ['max_attempts', 'initial_delay_ms', 'factor', 'max_delay_ms', 'jitter'] },
);

/** Tasks of all kinds, each with its policy. */
export const specifications: fc.Arbitrary<Partial<TaskSpecification>> = fc.record(
  {
    retry: policies,
    not_before: fc.constant(new Date(T0 + 30_000).toISOString()),
    deadline: fc.constant(new Date(T0 + 300_000).toISOString()),
    depends_on: fc.constant([...DEPENDENCIES]),
    on_dependency_failure: fc.constantFrom('cancel', 'run'),
    on_agent_lost: fc.constantFrom('requeue', 'wait', 'fail'),
  },
  { requiredKeys: ['retry'] },
);
