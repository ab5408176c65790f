import * as fc from 'fast-check';
import { retryDelay, TASK_STATUSES, taskEvents, type TaskEvent } from '@ao/contracts';
import {
  AGENTS,
  TASK,
  Run,
  intervention,
  policies,
  retrying,
  specifications,
  work,
  type Step,
} from './task-run.testing';
import { isEnded, isLeased } from './task.state';

/** By which an open task ends. */
const TERMINAL: readonly TaskEvent['type'][] = [
  'TaskCompleted',
  'TaskFailed',
  'TaskDeadLettered',
  'TaskCancelled',
  'TaskExpired',
  'TaskResultAccepted',
];
const kinds = fc.oneof(
  { weight: 16, arbitrary: work },
  { weight: 3, arbitrary: intervention },
  { weight: 1, arbitrary: retrying },
);
/** Long ones: fast-check's own idea of an array is some ten steps. */
const histories = fc.array(kinds, { maxLength: 80, size: 'max' });

describe('a task under any history', () => {
  it('should end at most once in each round, and complete at most once in all', () => {
    fc.assert(
      fc.property(specifications, histories, (specification, history) => {
        const run = new Run(specification);
        let ends = 0;
        for (const step of history) {
          const [before, at] = [run.state, run.events.length];
          step(run);
          const added = run.events.slice(at).map(({ type }) => type);
          if (!isEnded(before)) {
            ends += added.filter((type) => TERMINAL.includes(type)).length;
            expect(added.filter((type) => TERMINAL.includes(type)).length).toBe(isEnded(run.state) ? 1 : 0);
          } else {
            // The end itself changes in these ways alone, each an event of its own, by a person's word.
            const again = ['TaskDeadLettered', 'TaskDeadLetterRemoved', 'TaskResultAccepted', 'TaskRetried'];
            const told = added.filter((type) => type !== 'TaskCompletionRejected');
            expect(told.every((type) => again.includes(type))).toBe(true);
            if (before.status === 'completed') expect(told).toEqual([]);
          }
        }
        expect(ends).toBe(run.count('TaskRetried') + (isEnded(run.state) ? 1 : 0));
        expect(run.count('TaskCompleted', 'TaskResultAccepted')).toBe(run.state.status === 'completed' ? 1 : 0);
      }),
      { numRuns: 200 },
    );
  });

  it('should end exactly once when completion, cancellation, expiry, pause and deadline race', () => {
    const racers: Record<string, Step> = {
      complete: (run) =>
        run.send('CompleteTask', {
          task_id: TASK,
          agent_id: AGENTS[0],
          lease_token: run.tokens[0],
          outcome: { success: true, result: 1 },
        }),
      cancel: (run) => run.send('CancelTask', { task_id: TASK, reason: 'not needed' }),
      expireLease: (run) => {
        run.wait(60);
        run.send('ExpireTaskLease', { task_id: TASK, lease_token: run.tokens[0]!, reason: 'lease_expired' });
      },
      pause: (run) => run.send('PauseTask', { task_id: TASK, reason: 'lunch' }),
      resume: (run) => run.send('ResumeTask', { task_id: TASK }),
      deadline: (run) => {
        run.wait(300);
        run.send('ExpireTask', { task_id: TASK });
      },
    };
    fc.assert(
      fc.property(
        specifications,
        fc.boolean(),
        fc.shuffledSubarray(Object.keys(racers), { minLength: Object.keys(racers).length }),
        ({ retry, on_agent_lost }, started, order) => {
          const run = new Run({ retry, on_agent_lost });
          const deadline = run.inSeconds(300);
          run.send('ChangeTask', { task_id: TASK, changes: { deadline } });
          run.assign();
          if (started) run.send('StartTask', { task_id: TASK, agent_id: AGENTS[0] });
          for (const name of order) racers[name]!(run);
          expect(run.count(...TERMINAL)).toBe(1);
          expect(isEnded(run.state)).toBe(true);
        },
      ),
    );
  });

  it('should never start or count more attempts than the policy allows, in each round', () => {
    fc.assert(
      fc.property(specifications, histories, (specification, history) => {
        const run = new Run(specification);
        const { max_attempts } = specification.retry!;
        for (const step of history) step(run);
        const attempts = run.events.flatMap((event) => (event.type === 'TaskAssigned' ? [event.data.attempt] : []));
        expect(Math.max(0, ...attempts)).toBeLessThanOrEqual(max_attempts);
        if (run.state.status === 'absent') throw new Error('it was submitted');
        expect(run.state.failed_attempts).toBeLessThanOrEqual(max_attempts);
        if (!isEnded(run.state)) expect(run.state.failed_attempts).toBeLessThan(max_attempts);
        const lastLease = run.events.findLast((event) => event.type === 'TaskAssigned');
        if (isLeased(run.state)) expect(run.state.lease.lease_token).toBe(lastLease?.data.lease_token);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the three folds of a task', () => {
  it('should agree after each step', () => {
    fc.assert(
      fc.property(specifications, histories, (specification, history) => {
        const run = new Run(specification);
        for (const step of history) {
          step(run);
          const { state, open, document } = run.folds;
          if (state.status === 'absent') throw new Error('it was submitted');
          expect(document!.status).toBe(state.status);
          expect(document!.failed_attempts).toBe(state.failed_attempts);
          expect(document!.deadline).toBe(state.deadline);
          expect(document!.waits_for).toEqual(state.waits_for);
          if (!isEnded(state)) expect(document!.retry_at ?? undefined).toBe(state.retry_at);
          expect(open === undefined).toBe(isEnded(state));
          if (!open) continue;
          const milliseconds = (time: string | undefined) => (time === undefined ? undefined : Date.parse(time));
          expect(open).toMatchObject({ priority: document!.priority, requirements: document!.requirements });
          expect(open.deadline).toBe(milliseconds(state.deadline));
          expect(open.not_before).toBe(milliseconds(state.not_before));
          expect(open.waits_for ?? []).toEqual(state.waits_for);
          expect(open.held).toBe(state.status === 'scheduled' || state.status === 'paused' ? state.status : undefined);
          expect(open.lease?.lease_token).toBe(isLeased(state) ? state.lease.lease_token : undefined);
          expect(open.lease?.expires_at).toBe(isLeased(state) ? state.lease.expires_at : undefined);
          if (state.retry_at !== undefined) expect(open.ready_at).toBeGreaterThanOrEqual(Date.parse(state.retry_at));
          // What the dispatcher takes for ready the decider gives out, at that time.
          if (open.held === undefined && !open.lease) expect(state.status).toBe('queued');
        }
      }),
      { numRuns: 150 },
    );
  });

  it('should be what a replay gives after each step', () => {
    fc.assert(
      fc.property(specifications, histories, (specification, history) => {
        const run = new Run(specification);
        for (const step of history) {
          step(run);
          expect(run.replayed()).toEqual(run.folds);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('should reach every status and every event in such histories', () => {
    const statuses = new Set<string>();
    const types = new Set<string>();
    const sample = fc.sample(fc.tuple(specifications, histories), {
      numRuns: 1000,
      seed: 7,
    });
    for (const [specification, history] of sample) {
      const run = new Run(specification);
      for (const step of history) {
        step(run);
        statuses.add(run.state.status);
      }
      for (const { type } of run.events) types.add(type);
    }
    expect([...statuses].sort()).toEqual([...TASK_STATUSES].sort());
    expect([...types].sort()).toEqual(Object.keys(taskEvents).sort());
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
