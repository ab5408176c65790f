import type { RunDocument } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { eventually } from '@ao/testing';
import type { Begun, Carriers } from './carrier';
import type { WorkRef } from './work';
import { WorkExecutor } from './work.executor';
import type { WorkRow } from './work.store';

/** A hand that does what the test says, a table that is a list, and runs in which every node is at work. */
function harness(begins: () => Promise<Begun> = () => Promise.resolve('open')) {
  const [begun, ended, opened, removed]: [string[], string[], string[], string[]] = [[], [], [], []];
  let toDo: WorkRow[] = [];
  let over = false;
  const carrier = {
    begin: ({ work_id }: WorkRef) => {
      begun.push(work_id);
      return begins();
    },
    end: ({ work_id }: WorkRef) => Promise.resolve(void ended.push(work_id)).then(() => 'ended' as const),
  };
  const kinds = ['task', 'approval', 'workflow', 'webhook', 'signal'];
  const carriers = Object.fromEntries(kinds.map((kind) => [kind, carrier])) as unknown as Carriers;
  const node = (kind: string) => ({ status: over ? 'completed' : 'running', attempt: 1, work: { type: kind } });
  const run = { nodes: { task: node('task'), webhook: node('webhook') } } as unknown as RunDocument;
  const state = () => Promise.resolve(over ? ({ nodes: {} } as unknown as RunDocument) : run);
  const executor = new WorkExecutor({
    store: {
      markOpen: (ids) => Promise.resolve(void opened.push(...ids)),
      remove: (ids) => Promise.resolve(removed.push(...ids)).then(() => []),
      async *toDo() {
        yield* toDo;
      },
    },
    runs: { state, freshState: state },
    carriers,
    removed: () => undefined,
    logger: { warn: () => undefined },
  });
  const row = (kind: 'task' | 'webhook' = 'task', rowState: WorkRow['state'] = 'wanted'): WorkRow => ({
    ...{
      work_id: newId(),
      kind,
      run_id: newId(),
      node: kind,
      attempt: 1,
      state: rowState,
      signal_key: null,
      position: 1,
    },
    ...{ correlation_id: 'c', causation_id: 'run@1' },
  });
  const leave = (rows: WorkRow[]) => (toDo = rows);
  return { executor, row, begun, ended, opened, removed, leave, end: () => (over = true) };
}

describe('what carries out the work of steps', () => {
  it('should begin each once, whoever asks first: the command or the log', async () => {
    const { executor, row, begun, opened } = harness();
    const [direct, logged] = [row(), row()];
    executor.begin(direct);
    await eventually(() => expect(executor.stateOf(direct)).toBe('open'));
    executor.recorded({ ...direct, state: executor.stateOf(direct) });
    executor.recorded(logged);
    // What was done before the log told of it came into the table as done.
    await eventually(() => expect(opened).toEqual([logged.work_id]));
    await executor.stop();
    expect(begun).toEqual([direct.work_id, logged.work_id]);
    expect(opened).toEqual([logged.work_id]);
  });

  it('should not let the log wait for what has ended already', async () => {
    const { executor, row, removed } = harness(() => Promise.resolve('over'));
    const [direct, logged] = [row('webhook'), row('webhook')];
    executor.begin(direct);
    executor.recorded(logged);
    await eventually(() => expect(removed).toEqual([logged.work_id]));
    expect(executor.stateOf(direct)).toBeNull();
    await executor.stop();
  });

  it('should try again what cannot be done now, until it is not wanted any more', async () => {
    let failures = 2;
    const { executor, row, begun, ended, opened } = harness(() => {
      failures -= 1;
      return failures >= 0 ? Promise.reject(new Error('not now')) : Promise.resolve('open');
    });
    const wanted = row();
    executor.recorded(wanted);
    await eventually(() => expect(opened).toEqual([wanted.work_id]));
    expect(begun).toHaveLength(3);
    failures = Number.POSITIVE_INFINITY;
    const unwanted = row();
    executor.recorded(unwanted);
    await eventually(() => expect(begun).toContain(unwanted.work_id));
    executor.recorded({ ...unwanted, state: 'unwanted' });
    await eventually(() => expect(ended).toEqual([unwanted.work_id]));
    await executor.stop();
  });

  it('should end what is being begun only after that', async () => {
    let begin: (begun: Begun) => void = () => undefined;
    const { executor, row, begun, ended, removed } = harness(() => new Promise((resolve) => (begin = resolve)));
    const one = row();
    executor.recorded(one);
    await eventually(() => expect(begun).toHaveLength(1));
    executor.recorded({ ...one, state: 'unwanted' });
    expect(ended).toEqual([]);
    begin('open');
    await eventually(() => expect(removed).toEqual([one.work_id]));
    expect(ended).toEqual([one.work_id]);
    await executor.stop();
  });

  it('should do what another process left, but not what the run has gone past', async () => {
    const { executor, row, begun, ended, opened, leave, end } = harness();
    const [wanted, unwanted] = [row(), row('task', 'unwanted')];
    leave([wanted, unwanted]);
    await executor.takeOver();
    await eventually(() => expect([begun, ended]).toEqual([[wanted.work_id], [unwanted.work_id]]));
    end();
    const past = row();
    executor.recorded(past);
    await eventually(() => expect(opened).toContain(past.work_id));
    expect(begun).toHaveLength(1);
    await executor.stop();
  });

  it('should begin nothing more once it is stopped', async () => {
    const { executor, row, begun } = harness();
    await executor.stop();
    executor.recorded(row());
    await executor.stop();
    expect(begun).toEqual([]);
  });
});
