import { MAX_VALUE_BYTES, type SignalEvent } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { signalDecider } from './signal.decider';

const { given } = deciderSpec(signalDecider);
const at = '2026-01-01T00:00:00.000Z';
const signal = (payload: unknown) => ({
  ...{ signal_id: newId(), name: 'paid', correlation: 'order 1', payload, sent_by: null },
});
const [one, two] = [signal(1), signal(2)];
const taker = { run_id: newId(), node: 'wait', attempt: 1 };
const other = { run_id: newId(), node: 'wait', attempt: 1 };
const kept = (data: typeof one): SignalEvent => ({ type: 'SignalKept', data: { ...data, at } });
const taken = (data: typeof one, by = taker): SignalEvent => ({ type: 'SignalTaken', data: { ...data, ...by, at } });
const returned = (data: typeof one, by = taker): SignalEvent => ({
  type: 'SignalReturned',
  data: { ...data, ...by, at },
});
const take = (by = taker) => testCommand('TakeSignal', by);

describe('signals that name no run', () => {
  it('should be kept', () => {
    const { signal_id } = one;
    expect(given().when(testCommand('KeepSignal', one)).then(kept(one))).toEqual({ signal_id, received_at: at });
  });

  it('rejects more than anybody will ever take', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => kept(signal(index)));
    given(...many)
      .when(testCommand('KeepSignal', one))
      .thenRejected({ code: 'too_many_signals' });
  });

  it('rejects what no run would take', () => {
    const payload = 'x'.repeat(MAX_VALUE_BYTES);
    given()
      .when(testCommand('KeepSignal', signal(payload)))
      .thenRejected({ rejection: 'too_large', code: 'payload_too_large', pointer: '/payload' });
    const fits = signal(payload.slice(2));
    given().when(testCommand('KeepSignal', fits)).then(kept(fits));
  });

  it('should go to those who wait, the oldest first, and each to one', () => {
    given(kept(one), kept(two)).when(take()).then(taken(one));
    given(kept(one), kept(two), taken(one)).when(take(other)).then(taken(two, other));
    given(kept(one), taken(one)).when(take(other)).then();
  });

  it('should go to nobody twice', () => {
    given(kept(one), taken(one), kept(two)).when(take()).then();
    given(kept(one), taken(one), kept(two))
      .when(take({ ...taker, attempt: 2 }))
      .then(taken(two, { ...taker, attempt: 2 }));
  });

  it('should be kept again where the run has ended, before those that came later', () => {
    given(kept(one), taken(one), kept(two))
      .when(testCommand('ReturnSignal', { ...one, ...taker }))
      .then(returned(one));
    given(kept(one), taken(one), kept(two), returned(one)).when(take()).then();
    given(kept(one), taken(one), kept(two), returned(one)).when(take(other)).then(taken(one, other));
  });
});
