import type { BreakerEvent, BreakerPolicy } from '@ao/contracts';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { breakerDecider, breakerId, type BreakerCommand, type MadeBreaker } from './breaker.decider';

const AT = '2026-01-01T00:00:00.000Z';
const breaker_id = breakerId('ocr');
const TASK = '01900000-0000-7000-8000-000000000001';
const policy: BreakerPolicy = {
  failure_threshold: 3,
  window_seconds: 60,
  minimum_calls: 1,
  failure_ratio: 0,
  cooldown_seconds: 30,
  half_open_max: 1,
};
const scope = { kind: 'task_type', value: 'ocr' } as const;
const configuration = { ...policy, name: 'ocr', scope };

const { given } = deciderSpec(breakerDecider);
const configured = (change: object = {}): BreakerEvent => ({
  type: 'BreakerConfigured',
  data: { ...configuration, breaker_id, at: AT, ...change },
});
const opened: BreakerEvent = {
  type: 'BreakerOpened',
  data: {
    ...{ breaker_id, at: AT, retry_at: '2026-01-01T00:00:30.000Z', reason: 'failures', task_id: TASK },
    counts: { calls: 4, failures: 3 },
  },
};
const halfOpened: BreakerEvent = { type: 'BreakerHalfOpened', data: { breaker_id, at: AT } };
const closed: BreakerEvent = { type: 'BreakerClosed', data: { breaker_id, at: AT } };
const forced = (state: 'forced_open' | 'forced_closed'): BreakerEvent => ({
  type: 'BreakerForced',
  data: { breaker_id, state, reason: 'maintenance', at: AT },
});
const reset: BreakerEvent = { type: 'BreakerReset', data: { breaker_id, reason: '', at: AT } };
const deleted: BreakerEvent = { type: 'BreakerDeleted', data: { breaker_id, at: AT } };

const configure = (change: object = {}) => testCommand('ConfigureBreaker', { ...configuration, breaker_id, ...change });
const open = (revision: number, more: { reason?: 'probe_failed'; made?: MadeBreaker } = {}) =>
  testCommand('OpenBreaker', {
    ...{ breaker_id, revision, reason: more.reason ?? ('failures' as const), task_id: TASK },
    counts: { calls: 4, failures: 3 },
    ...(more.made && { made: more.made }),
  });
const halfOpen = (revision: number) => testCommand('HalfOpenBreaker', { breaker_id, revision });
const close = (revision: number) => testCommand('CloseBreaker', { breaker_id, revision });
const force = (state: 'forced_open' | 'forced_closed') =>
  testCommand('ForceBreaker', { breaker_id, state, reason: 'maintenance' });
const resetIt = testCommand('ResetBreaker', { breaker_id, reason: '' });
const remove = testCommand('DeleteBreaker', { breaker_id });

describe('the configuration of a breaker', () => {
  it('should make it, and change it', () => {
    expect(given().when(configure()).then(configured())).toEqual({ breaker_id, created: true });
    const change = { failure_threshold: 5 };
    expect(given(configured()).when(configure(change)).then(configured(change))).toEqual({
      ...{ breaker_id, created: false },
    });
    expect(given(configured()).when(configure()).then()).toEqual({ breaker_id, created: false });
  });

  it('should leave its state as it is', () => {
    const change = { failure_threshold: 5 };
    given(configured(), opened, configured(change)).when(halfOpen(1)).then(halfOpened);
  });

  it('rejects another scope', () => {
    for (const other of [
      { kind: 'task_type', value: 'scan' },
      { kind: 'target', value: 'ocr' },
    ])
      given(configured())
        .when(configure({ scope: other }))
        .thenRejected({ rejection: 'conflict', code: 'breaker_scope_fixed', pointer: '/scope' });
  });

  it('should be deleted and made again', () => {
    given(configured(), opened).when(remove).then(deleted);
    given(configured(), opened, deleted).when(configure()).then(configured());
  });
});

describe('the transitions of a breaker', () => {
  it('should open, half-open and close', () => {
    given(configured()).when(open(0)).then(opened);
    given(configured(), opened).when(halfOpen(1)).then(halfOpened);
    given(configured(), opened, halfOpened).when(close(2)).then(closed);
  });

  it('should open again when what it let through fails', () => {
    given(configured(), opened, halfOpened)
      .when(open(2, { reason: 'probe_failed' }))
      .thenTypes('BreakerOpened');
  });

  it.each<[string, BreakerCommand, BreakerEvent[]]>([
    ['open what was reset meanwhile', open(0), [configured(), reset]],
    ['open what is open', open(1), [configured(), opened]],
    ['open what is held closed', open(1), [configured(), forced('forced_closed')]],
    ['open what is for each', open(0), [configured({ scope: { kind: 'agent', value: '*' } })]],
    ['open what was deleted', open(0), [configured(), deleted]],
    ['half-open what was opened again', halfOpen(1), [configured(), opened, halfOpened, opened]],
    ['half-open what is held open', halfOpen(2), [configured(), opened, forced('forced_open')]],
    ['close what is open', close(1), [configured(), opened]],
    ['close what was forced open', close(2), [configured(), opened, halfOpened, forced('forced_open')]],
  ])('rejects to %s', (_what, command, events) => {
    given(...events)
      .when(command)
      .thenRejected({ rejection: 'conflict', code: 'breaker_moved_on' });
  });
});

describe('forcing and resetting', () => {
  it('should hold it open or closed from any state, once', () => {
    for (const state of ['forced_open', 'forced_closed'] as const) {
      for (const before of [[], [opened], [opened, halfOpened]])
        given(configured(), ...before)
          .when(force(state))
          .then(forced(state));
      expect(given(configured(), forced(state)).when(force(state)).then()).toEqual({ at: AT });
    }
    given(configured(), forced('forced_open')).when(force('forced_closed')).then(forced('forced_closed'));
  });

  it('should close it from any state', () => {
    for (const before of [[], [opened], [opened, halfOpened], [forced('forced_open')], [forced('forced_closed')]])
      given(configured(), ...before)
        .when(resetIt)
        .then(reset);
    given(configured(), forced('forced_closed'), reset).when(open(2)).then(opened);
  });

  it('rejects it for one that is for each, and for one that is not there', () => {
    const forEach = configured({ scope: { kind: 'agent', value: '*' } });
    for (const command of [force('forced_open'), resetIt]) {
      given(forEach).when(command).thenRejected({ rejection: 'conflict', code: 'breaker_is_for_each' });
      given().when(command).thenRejected({ rejection: 'not_found', code: 'breaker_not_found' });
    }
    given().when(remove).thenRejected({ rejection: 'not_found', code: 'breaker_not_found' });
  });
});

describe('a breaker that another one makes', () => {
  const made: MadeBreaker = { ...configuration, name: 'types:ocr', made_by: 'types' };
  const madeEvent = configured({ name: 'types:ocr', made_by: 'types' });

  it('should be made when it opens, and be there until it closes', () => {
    given().when(open(0, { made })).then(madeEvent, opened);
    given(madeEvent, opened, halfOpened, closed).when(open(0, { made })).then(madeEvent, opened);
    given(madeEvent, opened, reset).when(resetIt).thenRejected({ code: 'breaker_not_found' });
  });

  it('should take over what its maker says now when it opens again', () => {
    const stricter = { ...made, cooldown_seconds: 60 };
    given(madeEvent, opened, halfOpened)
      .when(open(2, { made: stricter }))
      .thenTypes('BreakerConfigured', 'BreakerOpened');
    given(madeEvent, opened, halfOpened).when(open(2, { made })).thenTypes('BreakerOpened');
  });
});
