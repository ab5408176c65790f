import { newId } from '@ao/kernel';
import { eventually, testService, type StartedService, type TestService } from '@ao/testing';

/** Two processes of the service, of which one fires the timers and the other stands by. */
describe('two replicas of workflows', () => {
  let workflows: TestService;
  let standby: StartedService;

  beforeAll(async () => {
    workflows = await testService('workflows');
    standby = await workflows.secondReplica();
  }, 60_000);
  afterAll(() => workflows?.stop());

  /** One of a kind that nobody handles: whoever fires it says so, and it stays. */
  async function timerForNobody(): Promise<string> {
    const timer_id = newId();
    await workflows.pool.query(
      `insert into workflows.timers (timer_id, due_at, kind, payload) values ($1, now(), 'nobodys', '{}')`,
      [timer_id],
    );
    return timer_id;
  }
  const firedBy = (replica: StartedService, timerId: string) =>
    replica.output.some((line) => line.includes(timerId) && line.includes('nobody handles timers of the kind nobodys'));
  const timers = async () => {
    const { rows } = await workflows.pool.query<{ timer_id: string }>('select timer_id from workflows.timers');
    return rows.map(({ timer_id }) => timer_id);
  };

  it('should have one owner of the timers, and another when it is killed, which finds them all', async () => {
    const owner = workflows.stack.service('workflows');
    const first = await timerForNobody();
    await eventually(() => expect(firedBy(owner, first)).toBe(true));
    expect(firedBy(standby, first)).toBe(false);
    await owner.kill();
    await eventually(() => expect(firedBy(standby, first)).toBe(true));
    expect(await timers()).toEqual([first]);
  }, 60_000);

  it('should hand them over when the owner is told to end', async () => {
    const next = await workflows.stack.restart('workflows');
    expect(await standby.stop()).toEqual({ code: 0, signal: null });
    const last = await timerForNobody();
    await eventually(() => expect(firedBy(next, last)).toBe(true));
  }, 60_000);
});
