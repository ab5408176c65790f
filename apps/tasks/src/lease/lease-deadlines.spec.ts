import { reject } from '@ao/kernel';
import { leaseDeadlines, leaseTimer } from './lease-deadlines';
import type { ClaimedLease } from './lease.store';

const TASK = '018f0000-0000-7000-8000-000000000001';
const expires_at = new Date('2026-01-01T00:01:00.000Z');

function scene(lease: ClaimedLease | undefined, outcome: unknown = { kind: 'done', result: {}, position: 1 }) {
  const did: unknown[] = [];
  const fire = leaseDeadlines({
    store: { claim: async () => lease, reopen: async (task) => void did.push(`reopen ${task}`) },
    shell: {
      run: (async (_aggregate: unknown, _id: string, command: { data: unknown; metadata: { command_id: string } }) => {
        did.push(command.data, command.metadata.command_id);
        return outcome;
      }) as never,
    },
    postpone: async (timer, due) => void did.push(`${timer} at ${due}`),
    now: () => Date.parse('2026-01-01T00:01:00.000Z'),
  });
  return { did, fire: () => fire(leaseTimer(TASK, 'token')) };
}

describe('the deadline of a lease', () => {
  it('should do nothing when the lease is over', async () => {
    const { did, fire } = scene(undefined);
    await fire();
    expect(did).toEqual([]);
  });

  it('should be postponed to where renewals have moved it', async () => {
    const { did, fire } = scene({ due: false, expires_at, agent_lost: false });
    await fire();
    expect(did).toEqual([`lease-${TASK} at 2026-01-01T00:01:00.000Z`]);
  });

  it('should send the same command however often it fires, with the reason', async () => {
    const late = scene({ due: true, expires_at, agent_lost: false });
    await late.fire();
    await late.fire();
    expect(late.did[0]).toEqual({
      task_id: TASK,
      lease_token: 'token',
      reason: 'lease_expired',
      lease_expires_at: '2026-01-01T00:01:00.000Z',
    });
    expect(late.did[1]).toBe(late.did[3]);
    const lost = scene({ due: true, expires_at, agent_lost: true });
    await lost.fire();
    expect(lost.did[0]).toMatchObject({ reason: 'agent_lost' });
  });

  it('should let a lease live whose start the table has not heard of yet', async () => {
    const { did, fire } = scene(
      { due: true, expires_at, agent_lost: false },
      reject('conflict', 'lease_not_expired', ''),
    );
    await fire();
    expect(did.slice(2)).toEqual([`reopen ${TASK}`, `lease-${TASK} at 2026-01-01T00:01:00.100Z`]);
  });

  it('should be content when the task has ended meanwhile', async () => {
    const { did, fire } = scene({ due: true, expires_at, agent_lost: false }, reject('conflict', 'task_ended', ''));
    await fire();
    expect(did).toHaveLength(2);
  });
});
