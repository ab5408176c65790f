import { reject } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import { Refusals, type Refused } from './refusals';

const MINUTE = 60_000;

interface Sent {
  readonly refusals: readonly { kind: string; code: string; route: string | null; count: number; last_at: string }[];
  readonly commandId: string;
}

function harness() {
  const clock = { at: Date.parse('2026-01-01T00:00:00.000Z'), now: () => clock.at };
  const sent: Sent[] = [];
  const identity = { away: false };
  const client = {
    send: async (_contract: unknown, data: Sent, metadata: { command_id: string }) => {
      sent.push({ refusals: data.refusals, commandId: metadata.command_id });
      return identity.away
        ? reject('unavailable', 'service_unavailable', 'away')
        : { kind: 'done', result: { recorded: 1 }, position: 1 };
    },
  } as unknown as CommandClient;
  const errors: unknown[] = [];
  const refusals = new Refusals({ client, clock, onError: (error) => errors.push(error), everyMs: 3_600_000 });
  return { clock, sent, identity, refusals, errors };
}
const refused = (more: Partial<Refused> = {}): Refused => ({
  ...{ kind: 'credential', code: 'unauthenticated', route: 'GET /agents', address: '203.0.113.5' },
  ...more,
});

describe('refusals', () => {
  it('should be counted together when they are equal, and told apart when they are not', async () => {
    const { refusals, sent, clock } = harness();
    for (let n = 0; n < 5; n += 1) {
      clock.at += 10;
      refusals.record(refused());
    }
    refusals.record(refused({ address: '203.0.113.6' }));
    refusals.record(refused({ principal: { type: 'user', id: 'u' } }));
    await refusals.close();
    expect(sent[0]!.refusals.map(({ count }) => count)).toEqual([5, 1, 1]);
    expect(sent[0]!.refusals[0]).toEqual({
      ...{ kind: 'credential', code: 'unauthenticated', route: 'GET /agents', address: '203.0.113.5' },
      ...{ permission: null, principal: null, count: 5 },
      first_at: '2026-01-01T00:00:00.010Z',
      last_at: '2026-01-01T00:00:00.050Z',
    });
  });

  it('should go out at once the first time, and once more for the rest of the minute', async () => {
    const { refusals, sent, clock } = harness();
    for (let n = 0; n < 50; n += 1) {
      refusals.record(refused());
      await refusals.flush();
      clock.at += 100;
    }
    expect(sent.map(({ refusals: [first] }) => first!.count)).toEqual([1]);
    clock.at += MINUTE;
    await refusals.flush();
    expect(sent.map(({ refusals: [first] }) => first!.count)).toEqual([1, 49]);
    await refusals.close();
  });

  it('should be bounded however many there are, and none of them be lost from the sum', async () => {
    const { refusals, sent, clock } = harness();
    for (let n = 0; n < 10_000; n += 1) refusals.record(refused({ address: `10.0.${n >> 8}.${n & 255}` }));
    await refusals.flush();
    clock.at += MINUTE;
    await refusals.flush();
    const all = sent.flatMap((command) => command.refusals);
    expect(all).toHaveLength(61);
    expect(all.filter(({ route }) => route === null).map(({ count }) => count)).toEqual([9_940]);
    expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
    await refusals.close();
  });

  it('should wait for identity, bounded, and be the same command until it answers', async () => {
    const { refusals, sent, clock, identity, errors } = harness();
    identity.away = true;
    for (let minute = 0; minute < 10; minute += 1) {
      for (let n = 0; n < 100; n += 1) refusals.record(refused({ address: `10.${minute}.0.${n}` }));
      await refusals.flush();
      clock.at += MINUTE;
    }
    identity.away = false;
    await refusals.flush();
    expect(new Set(sent.map(({ commandId }) => commandId)).size).toBe(1);
    await refusals.flush();
    const [first, last] = [sent[0]!, sent.at(-1)!];
    expect([...first.refusals, ...last.refusals].length).toBeLessThanOrEqual(130);
    expect([...first.refusals, ...last.refusals].reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
    expect(errors).toEqual([]);
    await refusals.close();
  });
});
