import { reject } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import { ANONYMOUS, type Principal } from '../http/principal';
import { SealedAddresses } from './addresses';

function harness() {
  const clock = { at: 0, now: () => clock.at };
  const asked: { subject: string; address: string; deadline: number | undefined }[] = [];
  const identity = { away: false };
  const client = {
    query: async (_: unknown, data: { subject: string; address: string }, metadata: { deadline?: number }) => {
      asked.push({ ...data, deadline: metadata.deadline });
      return identity.away
        ? reject('unavailable', 'service_unavailable', 'away')
        : { kind: 'done', result: { sealed: `sealed ${data.subject} ${data.address}` }, position: 0 };
    },
  } as unknown as CommandClient;
  return { clock, asked, identity, addresses: new SealedAddresses(client, clock) };
}
const person = { ...ANONYMOUS, sealSubject: 'user-1' } as Principal;

describe('sealed addresses', () => {
  it('should be asked for once per caller and address, under the key of the caller', async () => {
    const { addresses, asked } = harness();
    const first = addresses.sealed(person, '203.0.113.5');
    expect(addresses.sealed(person, '203.0.113.5')).toBe(first);
    expect(await first).toBe('sealed user-1 203.0.113.5');
    expect(addresses.sealed(person, '203.0.113.5')).toBe('sealed user-1 203.0.113.5');
    expect(await addresses.sealed(ANONYMOUS, '203.0.113.5')).toBe('sealed installation 203.0.113.5');
    expect(asked.map(({ subject, deadline }) => [subject, deadline])).toEqual([
      ['user-1', 250],
      ['installation', 250],
    ]);
  });

  it('should be left out while identity is away, and not be waited for again at once', async () => {
    const { addresses, asked, identity, clock } = harness();
    identity.away = true;
    expect(await addresses.sealed(person, '203.0.113.5')).toBeUndefined();
    identity.away = false;
    expect(addresses.sealed(person, '203.0.113.6')).toBeUndefined();
    expect(asked).toHaveLength(1);
    clock.at += 5_001;
    expect(await addresses.sealed(person, '203.0.113.5')).toBe('sealed user-1 203.0.113.5');
  });

  it('should keep a bounded number, and nothing of what is no address', () => {
    const { addresses, asked } = harness();
    for (let n = 0; n < 10_100; n += 1) void addresses.sealed(person, `10.0.${n >> 8}.${n & 255}`);
    expect(addresses.size).toBe(10_000);
    expect(addresses.sealed(person, 'unknown')).toBeUndefined();
    expect(asked).toHaveLength(10_100);
  });
});
