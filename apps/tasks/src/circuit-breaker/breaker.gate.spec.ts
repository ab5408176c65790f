import type { BreakerDocument, BreakerEvent, BreakerScope } from '@ao/contracts';
import type { OpenTask } from '../open-task/open-task';
import { BreakerGate } from './breaker.gate';

const AT = '2026-01-01T00:00:00.000Z';
const ID = '01900000-0000-7000-8000-00000000000b';
const scopes: readonly BreakerScope[] = [
  { kind: 'agent', value: 'a' },
  { kind: 'task_type', value: 'ocr' },
  { kind: 'target', value: 'host-1' },
];

function breaker(scope: BreakerScope, change: Partial<BreakerDocument> = {}): BreakerDocument {
  return {
    ...{ breaker_id: ID, name: 'b', scope, made_by: null, state: 'closed', revision: 0, since: AT, reason: null },
    ...{ failure_threshold: 3, window_seconds: 60, minimum_calls: 1, failure_ratio: 0, cooldown_seconds: 30 },
    ...{ half_open_max: 1, retry_at: null, opened_at: null, opened_on: null, created_at: AT, updated_at: AT },
    ...change,
  };
}

const task = (task_id: string, change: Partial<OpenTask> = {}): OpenTask => ({
  ...{ task_id, pool: 'default', type: 'ocr', priority: 40, requirements: { capabilities: [] }, lease_seconds: 60 },
  ...{ position: 1, ready_at: 0, concurrency_key: 'host-1' },
  ...change,
});

const opened: BreakerEvent = {
  type: 'BreakerOpened',
  data: {
    ...{ breaker_id: ID, at: AT, retry_at: '2026-01-01T00:00:30.000Z', reason: 'failures', task_id: ID },
    counts: { calls: 3, failures: 3 },
  },
};
const halfOpened: BreakerEvent = { type: 'BreakerHalfOpened', data: { breaker_id: ID, at: AT } };
const closed: BreakerEvent = { type: 'BreakerClosed', data: { breaker_id: ID, at: AT } };
const forced = (state: 'forced_open' | 'forced_closed'): BreakerEvent => ({
  type: 'BreakerForced',
  data: { breaker_id: ID, state, reason: '', at: AT },
});

function gateOf(...breakers: BreakerDocument[]) {
  const told: string[] = [];
  const gate = new BreakerGate({ freed: (key) => told.push(key), agentChanged: (id) => told.push(`agent ${id}`) });
  gate.load(breakers);
  /** Whether this task passes to this agent. */
  const passes = (each: OpenTask, agentId = 'a') => !gate.holds(each) && !gate.holdsAgent(agentId);
  return { gate, told: () => told.splice(0), passes };
}

describe.each(scopes)('a breaker for $kind $value', (scope) => {
  const others = { agent: 'b', type: task('x', { type: 'scan' }), target: task('x', { concurrency_key: undefined }) };
  const key = scope.kind === 'agent' ? 'agent a' : `breaker ${ID}`;

  it('should hold back what it guards while it is open, and nothing else', () => {
    const { gate, passes } = gateOf(breaker(scope));
    expect(passes(task('1'))).toBe(true);
    gate.apply(opened);
    expect(passes(task('1'))).toBe(false);
    const hold = gate.holds(task('1')) ?? gate.holdsAgent('a');
    expect(hold).toEqual({
      ...{ code: 'circuit_open', key: `breaker ${ID}` },
      detail: "circuit breaker 'b' is open until 2026-01-01T00:00:30.000Z",
    });
    expect(passes(task('1'), others.agent)).toBe(scope.kind === 'agent');
    expect(passes(others.type)).toBe(scope.kind === 'task_type');
    expect(passes(others.target)).toBe(scope.kind === 'target');
  });

  it('should let as many through as it may while it is half-open, and tell when one comes back', () => {
    const { gate, told, passes } = gateOf(breaker(scope, { half_open_max: 2 }));
    gate.entered(task('before'), 'a');
    gate.apply(opened);
    gate.apply(halfOpened);
    expect(told()).toEqual([key, key]);
    for (const id of ['1', '2']) {
      expect(passes(task(id))).toBe(true);
      gate.entered(task(id), 'a');
    }
    expect(passes(task('3'))).toBe(false);
    gate.left(task('before'), 'a');
    expect(passes(task('3'))).toBe(false);
    told();
    gate.left(task('1'), 'a');
    expect(told()).toEqual([key]);
    expect(passes(task('3'))).toBe(true);
    gate.apply(closed);
    for (const id of ['3', '4', '5']) gate.entered(task(id), 'a');
    expect(passes(task('6'))).toBe(true);
  });

  it('should count a probe that is still out when it half-opens the next time', () => {
    const { gate, passes } = gateOf(breaker(scope));
    gate.apply(opened);
    gate.apply(halfOpened);
    gate.entered(task('1'), 'a');
    gate.apply(opened);
    gate.apply(halfOpened);
    expect(passes(task('2'))).toBe(false);
    gate.left(task('1'), 'a');
    expect(passes(task('2'))).toBe(true);
  });

  it('should obey force and reset', () => {
    const { gate, told, passes } = gateOf(breaker(scope));
    gate.apply(forced('forced_open'));
    expect(passes(task('1'))).toBe(false);
    told();
    gate.apply(forced('forced_closed'));
    expect(told()).toEqual([key]);
    expect(passes(task('1'))).toBe(true);
    gate.apply(forced('forced_open'));
    gate.apply({ type: 'BreakerReset', data: { breaker_id: ID, reason: '', at: AT } });
    expect(passes(task('1'))).toBe(true);
    gate.apply(forced('forced_open'));
    gate.apply({ type: 'BreakerDeleted', data: { breaker_id: ID, at: AT } });
    expect(passes(task('1'))).toBe(true);
  });

  it('should know after a start what the table says, and count what is out for let through', () => {
    const { gate, passes } = gateOf(breaker(scope, { state: 'open', retry_at: AT, revision: 1 }));
    expect(passes(task('1'))).toBe(false);
    gate.reloaded([{ task: task('out'), agent_id: 'a' }]);
    gate.apply(halfOpened);
    expect(passes(task('1'))).toBe(false);
    gate.left(task('out'), 'a');
    expect(passes(task('1'))).toBe(true);
    gate.load([]);
    gate.apply(opened);
    expect(passes(task('1'))).toBe(true);
  });
});

it('should say of one that is half-open why no more get through', () => {
  const { gate } = gateOf(breaker(scopes[1]!, { state: 'half_open', half_open_max: 1 }));
  gate.entered(task('1'), 'a');
  expect(gate.holds(task('2'))?.detail).toBe("circuit breaker 'b' is half-open and tries 1 at a time");
});
