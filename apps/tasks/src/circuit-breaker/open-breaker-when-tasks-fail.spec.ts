import type { BreakerEvent, BreakerPolicy, TaskEvent } from '@ao/contracts';
import type { RecordedEvent } from '@ao/event-log';
import { isoTime } from '@ao/kernel';
import fc from 'fast-check';
import type { Transition } from './breaker-transition';
import { breakerId } from './breaker.decider';
import { GuardIndex, type TaskTraits } from './guard-index';
import { foldBreakers, type WatchedBreakers } from './open-breaker-when-tasks-fail';
import { countsOf } from './tally';

const T0 = Date.parse('2026-01-01T00:00:00.000Z');
const AT = isoTime(T0);
const policy: BreakerPolicy = {
  ...{ failure_threshold: 3, window_seconds: 60, minimum_calls: 1, failure_ratio: 0, cooldown_seconds: 30 },
  half_open_max: 2,
};
const [AGENT, OTHER] = ['01900000-0000-7000-8000-00000000000a', '01900000-0000-7000-8000-00000000000b'];

type Happened = (TaskEvent | BreakerEvent) & { readonly second?: number };

const lease = (task_id: string, agent_id = AGENT!) => ({ task_id, agent_id, attempt: 1, lease_token: 'l' });
const completed = (id: string, agent?: string): TaskEvent => ({
  type: 'TaskCompleted',
  data: { ...lease(id, agent), completed_at: AT, result: null },
});
const failed = (id: string, agent?: string): TaskEvent => ({
  type: 'TaskAttemptFailed',
  data: { ...lease(id, agent), failed_at: AT, failure: { message: 'no', retryable: true }, failed_attempts: 1 },
});
const assigned = (id: string, agent?: string): TaskEvent => ({
  type: 'TaskAssigned',
  data: {
    ...{ ...lease(id, agent), assigned_at: AT, lease_expires_at: AT, pool: 'default', epoch: 1 },
    reason: { strategy: 's', candidates: [], candidate_count: 1 },
  },
});
const returned = (id: string): TaskEvent => ({
  type: 'TaskReturned',
  data: { ...lease(id), returned_at: AT, reason: '', failed_attempts: 0 },
});

const configured = (name: string, kind: 'agent' | 'task_type' | 'target', value: string, change: object = {}) =>
  ({
    type: 'BreakerConfigured',
    data: { ...policy, breaker_id: breakerId(name), name, scope: { kind, value }, at: AT, ...change },
  }) as BreakerEvent;
const about = (name: string) => ({ breaker_id: breakerId(name), at: AT });
const retry_at = isoTime(T0 + 30_000);
const opened = (name: string): BreakerEvent => ({
  type: 'BreakerOpened',
  data: { ...about(name), retry_at, reason: 'failures', counts: { calls: 3, failures: 3 }, task_id: 't' },
});
const halfOpened = (name: string): BreakerEvent => ({ type: 'BreakerHalfOpened', data: about(name) });
const reset = (name: string): BreakerEvent => ({ type: 'BreakerReset', data: { ...about(name), reason: '' } });
const deleted = (name: string): BreakerEvent => ({ type: 'BreakerDeleted', data: about(name) });

/** The service over several batches, as its tables and its timers stand. */
function watch(traits: Record<string, TaskTraits> = {}) {
  let position = 0;
  const state: WatchedBreakers = { breakers: new GuardIndex(), tallies: new Map() };
  const timers = new Map<string, { due: string; transition: Transition }>();
  return {
    state,
    timers,
    /** A batch; `now` is when it comes, in seconds. */
    batch(events: Happened[], now = 0) {
      const recorded = events.map(({ second = 0, ...event }) => ({
        ...{ ...event, position: (position += 1), recorded_at: isoTime(T0 + second * 1_000) },
        category: event.type.startsWith('Task') ? 'task' : 'circuitbreaker',
      })) as unknown as RecordedEvent[];
      const effect = foldBreakers(recorded, state, (id) => traits[id] ?? { type: 'ocr' }, T0 + now * 1_000);
      for (const id of effect.cancel) timers.delete(id);
      for (const { timer_id, due_at, payload } of effect.schedule)
        timers.set(timer_id, { due: due_at, transition: payload as Transition });
    },
    asked: (name: string) => timers.get(`breaker-${breakerId(name)}`),
    counts: (name: string) =>
      countsOf(state.tallies.get(breakerId(name)) ?? { slices: [], probes: [], succeeded: 0 }, T0, 60),
  };
}

describe('counting', () => {
  it('should ask to open on the failure that is too many, over batches, and count from nothing then', () => {
    const service = watch();
    service.batch([configured('b', 'agent', AGENT!), failed('1'), completed('2'), failed('3')]);
    expect(service.asked('b')).toBeUndefined();
    expect(service.counts('b')).toEqual({ calls: 3, failures: 2 });
    service.batch([failed('4'), failed('5')]);
    expect(service.asked('b')).toEqual({
      due: '1970-01-01T00:00:00.000Z',
      transition: {
        ...{ type: 'OpenBreaker', position: 5 },
        data: {
          ...{ breaker_id: breakerId('b'), revision: 0, reason: 'failures', task_id: '4' },
          counts: { calls: 4, failures: 3 },
        },
      },
    });
    expect(service.counts('b')).toEqual({ calls: 1, failures: 1 });
  });

  it.each([
    ['agent', AGENT!, { 1: { type: 'ocr' }, 2: { type: 'scan' } }],
    ['task_type', 'ocr', { 1: { type: 'ocr' }, 2: { type: 'scan' } }],
    ['target', 'host-1', { 1: { type: 'ocr', target: 'host-1' }, 2: { type: 'ocr' } }],
  ] as const)('should count for the %s %s what concerns it alone', (kind, value, traits) => {
    const service = watch(traits);
    service.batch([configured('b', kind, value), failed('1'), failed('2', OTHER)]);
    expect(service.counts('b')).toEqual({ calls: 1, failures: 1 });
  });

  it('should count leases that ended without a result and dead letters, not what somebody did', () => {
    const service = watch();
    const dead = (failure_class: string, agent_id?: string): TaskEvent => ({
      type: 'TaskDeadLettered',
      data: {
        ...{ task_id: '1', agent_id, dead_lettered_at: AT, failed_attempts: 1 },
        failure: { class: failure_class, message: '', retryable: false },
      },
    });
    service.batch([
      configured('b', 'agent', AGENT!, { failure_threshold: 10 }),
      {
        type: 'TaskLeaseExpired',
        data: { ...lease('1'), expired_at: AT, reason: 'lease_expired', failed_attempts: 1 },
      },
      { type: 'TaskFailed', data: { ...lease('2'), failed_at: AT, failure: { message: '', retryable: false } } },
      dead('crashed', AGENT),
      dead('lease_expired'),
      dead('moved_by_operator', AGENT),
      { type: 'TaskCancelled', data: { task_id: '3', cancelled_at: AT, reason: '', agent_id: AGENT } },
      returned('4'),
    ]);
    expect(service.counts('b')).toEqual({ calls: 3, failures: 3 });
  });

  it('should not open for what is long past', () => {
    const service = watch();
    service.batch([configured('b', 'agent', AGENT!), failed('1'), failed('2'), failed('3')], 61);
    expect(service.asked('b')).toBeUndefined();
    service.batch(
      [1, 2, 3].map((id) => ({ ...failed(String(id)), second: 61 })),
      61,
    );
    expect(service.asked('b')?.transition.type).toBe('OpenBreaker');
  });

  it('should take back what it asked for when somebody resets the breaker', () => {
    const service = watch();
    service.batch([configured('b', 'agent', AGENT!), failed('1'), failed('2'), failed('3'), failed('4'), reset('b')]);
    expect(service.asked('b')).toBeUndefined();
    expect(service.counts('b')).toEqual({ calls: 0, failures: 0 });
  });

  it('should count nothing while it is open or held', () => {
    const service = watch();
    service.batch([configured('b', 'agent', AGENT!), opened('b'), failed('1')]);
    expect(service.counts('b')).toEqual({ calls: 0, failures: 0 });
    expect(service.asked('b')).toEqual({
      due: retry_at,
      transition: { type: 'HalfOpenBreaker', data: { breaker_id: breakerId('b'), revision: 1 }, position: 2 },
    });
  });
});

describe('half-open', () => {
  const halfOpen = () => {
    const service = watch();
    service.batch([configured('b', 'agent', AGENT!), assigned('old'), opened('b'), halfOpened('b')]);
    return service;
  };

  it('should close once as many as it lets through have succeeded, whoever was there before', () => {
    const service = halfOpen();
    service.batch([assigned('1'), assigned('2'), completed('old'), completed('1')]);
    expect(service.asked('b')).toBeUndefined();
    service.batch([completed('2')]);
    expect(service.asked('b')?.transition).toMatchObject({ type: 'CloseBreaker', data: { revision: 2 } });
  });

  it('should open again when one of them fails, not when one from before does', () => {
    const service = halfOpen();
    service.batch([assigned('1'), assigned('2'), failed('old'), completed('1')]);
    expect(service.asked('b')).toBeUndefined();
    service.batch([failed('2')]);
    expect(service.asked('b')?.transition).toMatchObject({
      type: 'OpenBreaker',
      data: { revision: 2, reason: 'probe_failed', counts: { calls: 2, failures: 1 }, task_id: '2' },
    });
  });

  it('should not wait for one that came back unharmed', () => {
    const service = halfOpen();
    service.batch([assigned('1'), returned('1'), failed('1')]);
    expect(service.asked('b')).toBeUndefined();
  });
});

describe('a breaker for each', () => {
  it('should ask to make one for the value that fails too often, and leave the others alone', () => {
    const service = watch();
    service.batch([
      configured('agents', 'agent', '*'),
      ...['1', '2', '3'].map((id) => failed(id)),
      ...['4', '5'].map((id) => failed(id, OTHER)),
    ]);
    expect(service.asked(`agents:${AGENT}`)?.transition).toMatchObject({
      type: 'OpenBreaker',
      data: {
        ...{ breaker_id: breakerId(`agents:${AGENT}`), revision: 0, counts: { calls: 3, failures: 3 } },
        made: { ...policy, name: `agents:${AGENT}`, scope: { kind: 'agent', value: AGENT }, made_by: 'agents' },
      },
    });
    expect(service.asked(`agents:${OTHER}`)).toBeUndefined();
    expect(service.counts(`agents:${OTHER}`)).toEqual({ calls: 2, failures: 2 });
  });

  it('should take those that it made with it when it is deleted, also one that comes later', () => {
    const service = watch();
    const made = (id: string) => configured(`agents:${id}`, 'agent', id, { made_by: 'agents' });
    const [one, two] = [`agents:${AGENT}`, `agents:${OTHER}`];
    service.batch([configured('agents', 'agent', '*'), made(AGENT!), opened(one)]);
    expect(service.asked(one)?.transition.type).toBe('HalfOpenBreaker');
    service.batch([deleted('agents')]);
    expect(service.asked(one)?.transition).toMatchObject({ type: 'DeleteBreaker' });
    service.batch([deleted(one), made(OTHER!), opened(two)]);
    expect(service.asked(one)).toBeUndefined();
    expect(service.asked(two)?.transition).toMatchObject({ type: 'DeleteBreaker' });
  });
});

describe('batches', () => {
  const names = ['one', 'each'] as const;
  const eager = { failure_threshold: 2, half_open_max: 1 };
  const made = configured(`each:${AGENT}`, 'agent', AGENT!, { made_by: 'each' });
  const happening: fc.Arbitrary<Happened> = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('1', '2', '3').chain((id) => fc.constantFrom(failed(id), completed(id))) },
    { weight: 3, arbitrary: fc.constantFrom('1', '2', '3').chain((id) => fc.constantFrom(assigned(id), returned(id))) },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom(...names, `each:${AGENT}`)
        .chain((name) => fc.constantFrom(opened(name), halfOpened(name), reset(name), deleted(name))),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        configured('one', 'agent', AGENT!, eager),
        configured('each', 'agent', '*', eager),
        made,
      ),
    },
  );

  const begun = fc.constantFrom([], [opened('one'), halfOpened('one'), assigned('1')]);

  it('should come to the same however the log is cut into them', () => {
    const standing = ({ state, timers }: ReturnType<typeof watch>) => ({
      breakers: [...names, `each:${AGENT}`].map((name) => state.breakers.get(breakerId(name))),
      tallies: [...state.tallies].sort(([a], [b]) => a.localeCompare(b)),
      timers: [...timers].sort(([a], [b]) => a.localeCompare(b)),
    });
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        begun,
        fc.array(happening, { maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        (first, rest, size) => {
          const all = [
            configured('one', 'agent', AGENT!, eager),
            configured('each', 'agent', '*', eager),
            ...first,
            ...rest,
          ];
          const [whole, cut] = [watch(), watch()];
          whole.batch(all);
          for (let from = 0; from < all.length; from += size) {
            cut.batch(all.slice(from, from + size));
            for (const { transition } of cut.timers.values()) seen.add(transition.type);
          }
          expect(standing(cut)).toEqual(standing(whole));
        },
      ),
      {
        numRuns: 200,
        // Each way it can go at least once.
        examples: [
          [[opened('one'), halfOpened('one'), assigned('1')], [completed('1')], 1],
          [[], [failed('1'), failed('2')], 1],
          [[], [made, opened(`each:${AGENT}`), deleted('each')], 1],
        ],
      },
    );
    expect([...seen].sort()).toEqual(['CloseBreaker', 'DeleteBreaker', 'HalfOpenBreaker', 'OpenBreaker']);
  });
});
