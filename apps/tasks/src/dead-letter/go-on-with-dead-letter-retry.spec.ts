import { deadLetterRetryEvents, type DeadLetterRetryEvent } from '@ao/contracts';
import type { CommandShell } from '@ao/event-log';
import { fold, reject, type Command } from '@ao/kernel';
import { deadLetterRetryDecider } from './dead-letter-retry.decider';
import { goOnWithDeadLetterRetry } from './go-on-with-dead-letter-retry';

const RETRY = '018f0000-0000-7000-8000-000000000001';
const T0 = '2026-01-01T00:00:00.000Z';
const ME = { type: 'user' as const, id: '018f0000-0000-7000-8000-0000000000aa' };
const TIMER = { payload: { retry_id: RETRY, actor: ME, correlation_id: RETRY }, command_id: RETRY };
const started = (more: object = {}): DeadLetterRetryEvent => ({
  type: 'DeadLetterRetryStarted',
  data: deadLetterRetryEvents.DeadLetterRetryStarted.data.parse({
    ...{ retry_id: RETRY, filter: {}, until: 900, count: 3, started_at: T0, ...more },
  }),
});

type Sent = Pick<Command<string, Record<string, unknown>>, 'type' | 'data' | 'metadata'>;

/** The table of dead letters and a shell that answers as the test says. */
function scene(events: DeadLetterRetryEvent[], answer: (sent: Sent) => unknown = () => ({ kind: 'done' })) {
  const sent: Sent[] = [];
  const shell = {
    state: () => Promise.resolve({ state: fold(deadLetterRetryDecider, events), version: events.length }),
    run: (_aggregate: unknown, _id: string, command: Sent) => {
      sent.push(command);
      return Promise.resolve(answer(command));
    },
  } as unknown as CommandShell;
  const table = ['a', 'b', 'c'].map((task_id, index) => ({ task_id, position: 10 * (index + 1) }));
  const store = {
    next: (_stretch: unknown, after: number, limit: number) =>
      Promise.resolve(table.filter(({ position }) => position > after).slice(0, limit)),
  };
  return { sent, goOn: () => goOnWithDeadLetterRetry({ store, shell })(TIMER) };
}
const retries = (sent: Sent[]) => sent.filter(({ type }) => type === 'RetryTask');
const advance = (sent: Sent[]) => sent.find(({ type }) => type === 'AdvanceDeadLetterRetry')?.data;

describe('going on with the retry of dead letters', () => {
  it('should retry each of the next part in the name of who started it, as dead letters alone', async () => {
    const { sent, goOn } = scene([started()]);
    await goOn();
    expect(retries(sent).map(({ data }) => data)).toEqual(
      ['a', 'b', 'c'].map((task_id) => ({ task_id, not_before: undefined, only_dead_lettered: true })),
    );
    expect(retries(sent).every(({ metadata }) => metadata.actor === ME)).toBe(true);
    expect(advance(sent)).toEqual({ retry_id: RETRY, after: 0, through: 30, retried: 3, skipped: 0 });
  });

  it('should use the same command id for the same task, however often a part is done', async () => {
    const ids = async () => {
      const { sent, goOn } = scene([started()]);
      await goOn();
      return sent.map(({ metadata }) => metadata.command_id);
    };
    expect(await ids()).toEqual(await ids());
    expect(new Set(await ids()).size).toBe(4);
  });

  it('should spread them by the rate, and go on counting where the part before ended', async () => {
    const advanced: DeadLetterRetryEvent = {
      type: 'DeadLetterRetryAdvanced',
      data: { retry_id: RETRY, through: 10, retried: 0, skipped: 1, at: T0 },
    };
    const times = async (...events: DeadLetterRetryEvent[]) => {
      const { sent, goOn } = scene(events);
      await goOn();
      return retries(sent).map(({ data }) => data.not_before);
    };
    const paced = started({ rate_per_second: 2 });
    expect(await times(paced)).toEqual([undefined, '2026-01-01T00:00:00.500Z', '2026-01-01T00:00:01.000Z']);
    expect(await times(paced, advanced)).toEqual(['2026-01-01T00:00:00.500Z', '2026-01-01T00:00:01.000Z']);
  });

  it('should skip what is no dead letter any more, and end when there is no more', async () => {
    const gone = reject('conflict', 'task_not_dead_lettered', 'it is queued');
    const skipping = scene([started()], ({ data }) => (data.task_id === 'b' ? gone : { kind: 'done' }));
    await skipping.goOn();
    expect(advance(skipping.sent)).toMatchObject({ retried: 2, skipped: 1 });
    const through: DeadLetterRetryEvent = {
      type: 'DeadLetterRetryAdvanced',
      data: { retry_id: RETRY, through: 30, retried: 2, skipped: 1, at: T0 },
    };
    const last = scene([started(), through]);
    await last.goOn();
    expect(last.sent.map(({ data }) => data)).toEqual([
      { retry_id: RETRY, after: 30, through: null, retried: 0, skipped: 0 },
    ]);
  });

  it('should be tried again where nothing was decided, and not advance', async () => {
    const { sent, goOn } = scene([started()], () => reject('unavailable', 'log_unavailable', 'the log is away'));
    await expect(goOn()).rejects.toThrow('the log is away');
    expect(advance(sent)).toBeUndefined();
  });

  it('should do nothing once it is finished', async () => {
    const finished: DeadLetterRetryEvent = {
      type: 'DeadLetterRetryFinished',
      data: { retry_id: RETRY, retried: 3, skipped: 0, finished_at: T0 },
    };
    const { sent, goOn } = scene([started(), finished]);
    await goOn();
    expect(sent).toEqual([]);
  });
});
