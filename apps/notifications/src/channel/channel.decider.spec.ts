import type { ChannelEvent } from '@ao/contracts';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { CHANNEL_RECONFIGURED, channelDecider, type ChangeChannel, type RecordTest } from './channel.decider';

const { given } = deciderSpec(channelDecider);

const channel_id = '00000000-0000-7000-8000-0000000000c1';
const secret_id = '00000000-0000-7000-8000-0000000000e1';
const delivery_id = '00000000-0000-7000-8000-0000000000d1';
const T0 = '2026-01-01T00:00:00.000Z';
const T1 = '2026-01-01T00:01:00.000Z';

const terms = { name: 'ops', type: 'slack', description: '', enabled: true } as const;
const kept = { secret_id, secret_version: 1, configured: ['webhook_url'] };
const created: ChannelEvent = { type: 'ChannelCreated', data: { ...terms, ...kept, channel_id, created_at: T0 } };
const changed = (changes: object): ChannelEvent => ({
  type: 'ChannelChanged',
  data: { ...terms, ...kept, channel_id, at: T1, ...changes },
});
const failed: ChannelEvent = { type: 'ChannelFailed', data: { channel_id, error: 'status: 500', at: T1 } };
const recovered: ChannelEvent = { type: 'ChannelRecovered', data: { channel_id, at: T1 } };
const deleted: ChannelEvent = { type: 'ChannelDeleted', data: { channel_id, secret_id, at: T1 } };

const at = { time: T1 };
const create = () => testCommand('CreateChannel', { ...terms, ...kept, channel_id }, { time: T0 });
const change = (data: Partial<ChangeChannel['data']>) => testCommand('ChangeChannel', { channel_id, ...data }, at);
const outcome = (error: string | null) => testCommand('RecordOutcome', { channel_id, error }, at);
const test = (answer: Partial<RecordTest['data']['answer']>) => {
  const whole = {
    delivery_id,
    delivered: true,
    status_code: 200,
    error: null,
    detail: null,
    duration_ms: 3,
    ...answer,
  };
  return testCommand('RecordTest', { channel_id, answer: whole }, at);
};
const remove = () => testCommand('DeleteChannel', { channel_id }, at);

describe('a channel', () => {
  it('should be created, changed and deleted', () => {
    expect(given().when(create()).then(created)).toEqual({ channel_id, created_at: T0 });
    given(created).when(create()).thenRejected({ rejection: 'conflict', code: 'channel_exists' });
    const renamed = given(created).when(change({ name: 'others', enabled: false }));
    expect(renamed.then(changed({ name: 'others', enabled: false }))).toEqual({
      ...{ channel_id, secret_version: 1, updated_at: T1 },
    });
    expect(given(created).when(remove()).then(deleted)).toEqual({ channel_id, deleted_at: T1 });
  });

  it('should keep its type, and take no other', () => {
    given(created)
      .when(change({ type: 'email', name: 'others' }))
      .thenRejected({ rejection: 'invalid', code: 'channel_type_fixed', pointer: '/type' });
    given(created)
      .when(change({ type: 'slack', name: 'others' }))
      .then(changed({ name: 'others' }));
  });

  it('should not fail because the vault does', () => {
    given(created)
      .when(test({ delivered: false, status_code: null, error: 'secret_unavailable' }))
      .then();
    given(created)
      .when(test({ delivered: false, status_code: null, error: 'timeout', detail: null }))
      .then({ type: 'ChannelFailed', data: { channel_id, error: 'timeout', at: T1 } });
  });

  it('should say nothing of a change that changes nothing', () => {
    const same = { name: 'ops', configuration: { known_version: 1, secret_version: 1, configured: ['webhook_url'] } };
    expect(given(created).when(change(same)).then()).toEqual({ channel_id, secret_version: 1, updated_at: T0 });
  });

  it('should name another version of its secret when it is configured anew', () => {
    const configuration = { known_version: 1, secret_version: 2, configured: ['username', 'webhook_url'] };
    const { known_version: _known, ...now } = configuration;
    given(created).when(change({ configuration })).then(changed(now));
  });

  it('rejects a configuration that was made of one that it no longer has', () => {
    const configuration = { known_version: 1, secret_version: 3, configured: ['webhook_url'] };
    given(created, changed({ secret_version: 2 }))
      .when(change({ configuration }))
      .thenRejected({ rejection: 'conflict', code: CHANNEL_RECONFIGURED });
  });

  it('rejects whatever is asked of one that there is not, or not any more', () => {
    const commands = [change({ name: 'x' }), remove(), outcome('x'), outcome(null), test({})];
    for (const command of commands)
      for (const history of [[], [created, deleted]])
        given(...history)
          .when(command)
          .thenRejected({ rejection: 'not_found', code: 'channel_not_found' });
  });
});

describe('how a channel fares', () => {
  it('should be said once each time it turns', () => {
    given(created).when(outcome('status: 500')).then(failed);
    given(created, failed).when(outcome('timeout')).then();
    given(created, failed).when(outcome(null)).then(recovered);
    given(created).when(outcome(null)).then();
    given(created, failed, recovered).when(outcome('status: 500')).then(failed);
  });

  it('should be told by a test as well, whose answer is kept', () => {
    const answer = { delivered: false, status_code: 500, error: 'status', detail: '500' } as const;
    expect(given(created).when(test(answer)).then(failed)).toMatchObject(answer);
    expect(given(created, failed).when(test({})).then(recovered)).toMatchObject({ delivered: true, delivery_id });
  });

  it('should begin anew with another configuration, and when it is taken up again', () => {
    const state = (...events: ChannelEvent[]) => events.reduce(channelDecider.evolve, undefined);
    expect(state(created, failed)).toMatchObject({ status: 'failing', failing_since: T1, last_error: 'status: 500' });
    expect(state(created, failed, changed({ name: 'other' }))).toMatchObject({ status: 'failing', failing_since: T1 });
    const well = { status: 'ok', failing_since: null, last_error: null };
    expect(state(created, failed, changed({ secret_version: 2 }))).toMatchObject(well);
    expect(state(created, failed, changed({ enabled: false }))).toMatchObject({ status: 'failing' });
    expect(state(created, failed, changed({ enabled: false }), changed({}))).toMatchObject(well);
  });

  it('should keep an error of any length', () => {
    const { decision } = given(created).when(outcome('x'.repeat(5_000)));
    expect(decision).toMatchObject({ events: [{ data: { error: 'x'.repeat(500) } }] });
  });
});
