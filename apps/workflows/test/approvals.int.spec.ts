import { cancelApproval, decideApproval, requestApproval, type DataOf } from '@ao/contracts';
import { derivedId, isRejection } from '@ao/kernel';
import { eventually, testService, type TestService } from '@ao/testing';

const ASKER = `user:${derivedId('who asks')}`;
const ENDS = ['ApprovalGranted', 'ApprovalRejected', 'ApprovalExpired', 'ApprovalVoided'];

/** Two processes of the service, which get the commands by turns. */
describe('approvals in two replicas', () => {
  let workflows: TestService;

  beforeAll(async () => {
    workflows = await testService('workflows');
    await workflows.secondReplica();
  }, 60_000);
  afterAll(() => workflows?.stop());

  const ask = async (changes: Partial<DataOf<typeof requestApproval>> = {}) => {
    const { approval_id } = await workflows.expectDone(requestApproval, {
      ...{ title: 'Deploy', description: '', arguments: { version: '4.2.0' }, required: 1, roles: [], users: [] },
      ...{ allow_self: false, expires_seconds: null, requested_by: ASKER, ...changes },
    });
    return approval_id;
  };
  const vote = (approval_id: string, voter: number, how: 'approve' | 'reject' = 'approve') =>
    workflows.ask(decideApproval, {
      ...{ approval_id, vote: how, comment: '', by: `user:${derivedId('voter', voter)}`, roles: ['approver'] },
    });
  const many = Array.from({ length: 100 }, (_, index) => index);
  const endsOf = async (id: string) =>
    (await workflows.typesOf(`approval-${id}`)).filter((type) => ENDS.includes(type));

  it('should be granted once, by exactly as many as are required of a hundred at the same moment', async () => {
    const id = await ask({ required: 5 });
    const answers = await Promise.all(many.map((voter) => vote(id, voter)));
    const done = answers.filter((answer) => !isRejection(answer));
    const codes = new Set(answers.map((answer) => (isRejection(answer) ? answer.code : 'done')));
    expect([done.length, codes]).toEqual([5, new Set(['done', 'approval_not_pending'])]);
    expect(await workflows.typesOf(`approval-${id}`)).toEqual([
      ...['ApprovalRequested', ...Array.from({ length: 5 }, () => 'ApprovalVoted'), 'ApprovalGranted'],
    ]);
  }, 60_000);

  it('should have one end, whatever a hundred want at the same moment', async () => {
    const ids = await Promise.all(many.slice(0, 5).map(() => ask({ required: 3 })));
    await Promise.all(
      ids.flatMap((approval_id) => [
        ...many.slice(0, 20).map((voter) => vote(approval_id, voter, voter % 7 === 3 ? 'reject' : 'approve')),
        workflows.ask(cancelApproval, { approval_id, by: ASKER, any: false }),
      ]),
    );
    for (const id of ids) expect(await endsOf(id)).toHaveLength(1);
  }, 60_000);

  it('should expire at their time and not before, by whichever replica is left', async () => {
    const [id, decided] = [await ask({ expires_seconds: 1.5 }), await ask({ expires_seconds: 1.5 })];
    await vote(decided, 1);
    await workflows.stack.service('workflows').kill();
    const ended = await eventually(async () => {
      const event = (await workflows.told<{ at: string }>(`approval-${id}`)).find(
        ({ type }) => type === 'ApprovalExpired',
      );
      expect(event).toBeDefined();
      return event!;
    });
    const [asked] = await workflows.told<{ expires_at: string }>(`approval-${id}`);
    expect(ended.data.at >= asked!.data.expires_at).toBe(true);
    expect(await vote(id, 1)).toMatchObject({ kind: 'rejected', code: 'approval_not_pending' });
    expect(await endsOf(decided)).toEqual(['ApprovalGranted']);
    await eventually(async () => {
      const { rows } = await workflows.pool.query('select timer_id from workflows.timers');
      expect(rows).toEqual([]);
    });
  }, 60_000);
});
