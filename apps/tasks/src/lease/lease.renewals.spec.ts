import { LeaseRenewals } from './lease.renewals';
import type { LeaseKey } from './lease.store';

const lease = (task_id: string): LeaseKey => ({ task_id, lease_token: `${task_id}!`, agent_id: 'a' });

/** A store whose statements end when they are told to. */
function store() {
  const statements: {
    leases: readonly LeaseKey[];
    answer: (result: Map<string, Date>) => void;
    fail: (error: Error) => void;
  }[] = [];
  const renewals = new LeaseRenewals(
    (leases) => new Promise((answer, fail) => statements.push({ leases, answer, fail })),
  );
  return { statements, renewals };
}

describe('renewing leases', () => {
  it('should put everything that comes during a statement into the next one, each lease once, in order', async () => {
    const { statements, renewals } = store();
    const first = renewals.renew([lease('1')]);
    const others = [renewals.renew([lease('3'), lease('2')]), renewals.renew([lease('2')])];
    expect(statements).toHaveLength(1);
    const deadline = new Date();
    statements[0]!.answer(new Map([['1!', deadline]]));
    expect((await first).get('1!')).toBe(deadline);
    expect(statements).toHaveLength(2);
    expect(statements[1]!.leases.map(({ task_id }) => task_id)).toEqual(['2', '3']);
    statements[1]!.answer(new Map([['2!', deadline]]));
    expect((await Promise.all(others)).map((renewed) => [...renewed.keys()])).toEqual([['2!'], ['2!']]);
  });

  it('should fail those of a failed statement alone', async () => {
    const { statements, renewals } = store();
    const first = renewals.renew([lease('1')]);
    const second = renewals.renew([lease('2')]);
    statements[0]!.fail(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    statements[1]!.answer(new Map());
    expect(await second).toEqual(new Map());
    void renewals.renew([lease('3')]);
    expect(statements).toHaveLength(3);
  });
});
