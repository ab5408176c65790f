import * as fc from 'fast-check';
import type { RetryPolicy, TaskEvent } from '@ao/contracts';
import { isRejection } from '@ao/kernel';
import { testCommand } from '@ao/kernel/testing';
import { retryDelay } from './retry-delay';
import { taskDecider, type TaskCommand } from './task.decider';
import { isEnded, isLeased, type TaskState } from './task.state';

const TASK = '018f0000-0000-7000-8000-000000000001';
const AGENTS = ['018f0000-0000-7000-8000-00000000000a', '018f0000-0000-7000-8000-00000000000b'] as const;
const TERMINAL: readonly TaskEvent['type'][] = ['TaskCompleted', 'TaskFailed', 'TaskDeadLettered', 'TaskCancelled'];
const reason = { strategy: 'least_connections', candidates: [], candidate_count: 0 };

/** A task on the log, with a clock and tokens of its own; every command is decided on the present state, as the shell does. */
class Run {
  readonly events: TaskEvent[] = [];
  readonly tokens: string[] = [];
  state: TaskState = taskDecider.initialState();
  private now = Date.parse('2026-01-01T00:00:00.000Z');

  constructor(retry: RetryPolicy) {
    const specification = {
      type: 't',
      payload: {},
      priority: 40,
      requirements: { capabilities: [] },
      retry,
      lease_seconds: 60,
    };
    this.send('SubmitTask', { task_id: TASK, specification, pool: 'default' });
  }

  send<C extends TaskCommand>(type: C['type'], data: C['data']): boolean {
    const token = `018f0000-0000-7000-8000-${String(this.events.length).padStart(12, '0')}`;
    const time = new Date(this.now).toISOString();
    const command = testCommand(type, data, { time, fresh_ids: [token] }) as TaskCommand;
    const decision = taskDecider.decide(command, this.state);
    const events = isRejection(decision) ? ((decision.record ?? []) as TaskEvent[]) : decision.events;
    for (const event of events) {
      this.events.push(event);
      this.state = taskDecider.evolve(this.state, event);
      if (event.type === 'TaskAssigned') this.tokens.push(event.data.lease_token);
    }
    return !isRejection(decision);
  }

  wait(seconds: number): void {
    this.now += seconds * 1000;
  }

  count(...types: TaskEvent['type'][]): number {
    return this.events.filter((event) => types.includes(event.type)).length;
  }
}

type Step = (run: Run) => void;
const tokenOf = (run: Run, pick: number) => run.tokens[run.tokens.length - 1 - (pick % run.tokens.length)];

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.nat(1).map((agent): Step => (run) => {
    run.send('AssignTask', { task_id: TASK, agent_id: AGENTS[agent]!, pool: 'default', epoch: 1, reason });
  }),
  fc.tuple(fc.nat(1), fc.option(fc.nat(3), { nil: undefined })).map(([agent, pick]): Step => (run) => {
    const lease_token = pick === undefined ? undefined : tokenOf(run, pick);
    run.send('StartTask', { task_id: TASK, agent_id: AGENTS[agent]!, lease_token });
  }),
  fc
    .tuple(fc.nat(1), fc.option(fc.nat(3), { nil: undefined }), fc.constantFrom('ok', 'retry', 'final'))
    .map(([agent, pick, how]): Step => (run) => {
      const lease_token = pick === undefined ? undefined : tokenOf(run, pick);
      const outcome =
        how === 'ok'
          ? ({ success: true, result: 1 } as const)
          : ({ success: false, failure: { message: 'x', retryable: how === 'retry' } } as const);
      run.send('CompleteTask', { task_id: TASK, agent_id: AGENTS[agent]!, lease_token, outcome });
    }),
  fc.nat(1).map((agent): Step => (run) => {
    run.send('ReturnTask', { task_id: TASK, agent_id: AGENTS[agent]!, reason: 'stop' });
  }),
  fc
    .tuple(fc.nat(3), fc.constantFrom('lease_expired' as const, 'agent_lost' as const))
    .map(([pick, why]): Step => (run) => {
      const lease_token = tokenOf(run, pick);
      if (lease_token) run.send('ExpireTaskLease', { task_id: TASK, lease_token, reason: why });
    }),
  fc.nat(90).map(
    (seconds): Step =>
      (run) =>
        run.wait(seconds),
  ),
);
const cancelling: Step = (run) => {
  run.send('CancelTask', { task_id: TASK, reason: 'not needed' });
};
const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  max_attempts: fc.integer({ min: 1, max: 5 }),
  initial_delay_ms: fc.nat(10_000),
  factor: fc.double({ min: 1, max: 10, noNaN: true }),
  max_delay_ms: fc.nat(60_000),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe('a task under any history', () => {
  it('should end at most once, and change no more after its end', () => {
    fc.assert(
      fc.property(
        policies,
        fc.array(fc.oneof({ weight: 12, arbitrary: steps }, { weight: 1, arbitrary: fc.constant(cancelling) }), {
          maxLength: 60,
        }),
        (policy, history) => {
          const run = new Run(policy);
          for (const step of history) {
            const ended = isEnded(run.state);
            const before = run.state;
            step(run);
            if (ended) expect(run.state).toEqual(before);
          }
          expect(run.count(...TERMINAL)).toBe(isEnded(run.state) ? 1 : 0);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('should end exactly once when completion, cancellation and expiry race', () => {
    const racers: Record<string, Step> = {
      complete: (run) =>
        run.send('CompleteTask', {
          task_id: TASK,
          agent_id: AGENTS[0],
          lease_token: run.tokens[0],
          outcome: { success: true, result: 1 },
        }),
      cancel: cancelling,
      expire: (run) => {
        run.wait(60);
        run.send('ExpireTaskLease', { task_id: TASK, lease_token: run.tokens[0]!, reason: 'lease_expired' });
      },
    };
    fc.assert(
      fc.property(
        policies,
        fc.boolean(),
        fc.shuffledSubarray(Object.keys(racers), { minLength: 3 }),
        (policy, started, order) => {
          const run = new Run(policy);
          run.send('AssignTask', { task_id: TASK, agent_id: AGENTS[0], pool: 'default', epoch: 1, reason });
          if (started) run.send('StartTask', { task_id: TASK, agent_id: AGENTS[0] });
          for (const name of order) racers[name]!(run);
          expect(run.count(...TERMINAL)).toBe(1);
        },
      ),
    );
  });

  it('should never start or count more attempts than the policy allows', () => {
    fc.assert(
      fc.property(policies, fc.array(steps, { maxLength: 120 }), (policy, history) => {
        const run = new Run(policy);
        for (const step of history) step(run);
        const attempts = run.events.flatMap((event) => (event.type === 'TaskAssigned' ? [event.data.attempt] : []));
        expect(Math.max(0, ...attempts)).toBeLessThanOrEqual(policy.max_attempts);
        if (run.state.status !== 'absent') expect(run.state.failed_attempts).toBeLessThanOrEqual(policy.max_attempts);
        if (!isEnded(run.state) && run.state.status !== 'absent') {
          expect(run.state.failed_attempts).toBeLessThan(policy.max_attempts);
        }
        const lastLease = run.events.findLast((event) => event.type === 'TaskAssigned');
        if (isLeased(run.state)) expect(run.state.lease.lease_token).toBe(lastLease?.data.lease_token);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the delay before a retry', () => {
  it('should be deterministic, spread by the jitter, and never beyond the policy', () => {
    fc.assert(
      fc.property(policies, fc.uuid(), fc.integer({ min: 1, max: 100 }), (policy, task, attempt) => {
        const delay = retryDelay(policy, task, attempt);
        const base = Math.min(policy.max_delay_ms, policy.initial_delay_ms * policy.factor ** (attempt - 1));
        expect(delay).toBe(retryDelay(policy, task, attempt));
        expect(delay).toBeGreaterThanOrEqual(Math.floor(base * (1 - policy.jitter)));
        expect(delay).toBeLessThanOrEqual(Math.ceil(base * (1 + policy.jitter)));
      }),
    );
  });

  it('should differ between tasks that fail together', () => {
    const policy = { max_attempts: 3, initial_delay_ms: 1000, factor: 2, max_delay_ms: 60_000, jitter: 0.2 };
    const delays = Array.from({ length: 1000 }, (_, index) =>
      retryDelay(policy, `018f0000-0000-7000-8000-${String(index).padStart(12, '0')}`, 1),
    );
    expect(new Set(delays).size).toBeGreaterThan(300);
    expect(delays.reduce((sum, delay) => sum + delay, 0) / delays.length).toBeCloseTo(1000, -2);
  });
});
