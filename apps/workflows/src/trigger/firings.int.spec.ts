import { submitTask, type TriggerHistoryEntry, type TriggerTerms } from '@ao/contracts';
import { createCommandShell, createEventLog, createPool, inTransaction, type EventLog } from '@ao/event-log';
import { derivedId, isRejection, isoTime, newId, reject, systemMetadata, type CommandMetadata } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import { testDatabase, type TestDatabase } from '@ao/testing';
import { createTimers, type FiredTimer } from '@ao/timers';
import type { Pool } from 'pg';
import { compileTrigger } from './compile-trigger';
import { fireTriggersWhenDue } from './fire-triggers-when-due';
import { causeOf, FIRE_TRIGGER, Firings, type Occasion } from './firings';
import { triggerAggregate } from './trigger.decider';
import { TRIGGER_CRON } from './trigger.subscription';
import { addEntries, listEntries, putTrigger } from './trigger-tables';
import { createTask, terms } from './trigger.testing';

/** Two replicas on one log, which know nothing of each other, and a service that knows the ids of its commands. */
describe('firings', () => {
  let database: TestDatabase;
  const pools: Pool[] = [];
  const logs: EventLog[] = [];
  const made = new Map<string, string>();
  let refusing: 'unavailable' | 'invalid' | undefined;

  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(async () => {
    for (const log of logs) await log.close();
    for (const pool of pools) await pool.end();
    await database?.drop();
  });
  beforeEach(() => {
    made.clear();
    refusing = undefined;
  });

  const commands = {
    send: async (contract: { name: string }, data: unknown, { command_id }: CommandMetadata) => {
      expect(contract).toBe(submitTask);
      if (refusing) return reject(refusing, 'refused', 'Expected to submit a task, but not now');
      const text = JSON.stringify(data);
      if ((made.get(command_id) ?? text) !== text) return reject('conflict', 'idempotency_key_reused', 'another');
      made.set(command_id, text);
      const submitted_at = isoTime(0);
      return { kind: 'done', position: 1, result: { task_id: derivedId('task', command_id), submitted_at } };
    },
  } as unknown as CommandClient;

  const startRun = () => Promise.reject(new Error('no run is started here'));

  async function replica() {
    const pool = createPool(database.urlFor('workflows'), { applicationName: 'triggers', max: 4 });
    const log = createEventLog({ pool });
    pools.push(pool);
    logs.push(log);
    await log.ready();
    const shell = createCommandShell(log);
    const { clock } = log;
    const timers = createTimers({ pool, schema: 'workflows' });
    const firings = new Firings({ pool, shell, commands, startRun, clock, timers });
    const { cron } = fireTriggersWhenDue({ pool, firings, clock, timers });
    return { pool, shell, clock, firings, cron };
  }
  type Replica = Awaited<ReturnType<typeof replica>>;

  async function create({ shell, pool }: Replica, change: Partial<TriggerTerms> = {}, since = isoTime(0)) {
    const trigger_id = newId();
    const whole: TriggerTerms = { ...terms, ...change };
    const data = { ...whole, trigger_id, secret_id: null, secret_version: null, attempt_id: newId() };
    const metadata = systemMetadata('test');
    const created = await shell.run(triggerAggregate, trigger_id, { type: 'CreateTrigger', data, metadata });
    expect(isRejection(created)).toBe(false);
    await inTransaction(pool, (client) =>
      putTrigger(client, { trigger_id, terms: whole, enabled_at: since, revision: 1 }),
    );
    return { trigger_id, terms: whole };
  }
  const occasionOf = (
    { trigger_id, terms: whole }: { trigger_id: string; terms: TriggerTerms },
    name: string,
  ): Occasion => {
    const trigger = compileTrigger(whole);
    if ('pointer' in trigger) throw new Error(trigger.reason);
    const cause = causeOf('event', { event: name });
    return {
      trigger_id,
      trigger,
      cause,
      depth: 1,
      at: isoTime(0),
      variables: {},
      firing_id: derivedId(trigger_id, name),
    };
  };
  const admit = ({ pool, firings }: Replica, occasion: Occasion) =>
    inTransaction(pool, (client) => firings.admit(client, occasion));
  const historyOf = async ({ pool }: Replica, trigger_id: string): Promise<TriggerHistoryEntry[]> =>
    (await listEntries(pool, { trigger_id, limit: 200, offset: 0 })).entries;
  const timersOf = async (trigger_id: string): Promise<Pick<FiredTimer, 'timer_id' | 'payload'>[]> => {
    const text = `select timer_id, payload from workflows.timers where kind = $1 and payload->>'trigger_id' = $2`;
    return (await database.pool().query<FiredTimer>(text, [FIRE_TRIGGER, trigger_id])).rows;
  };
  const eventsOf = async (trigger_id: string) => {
    const text = 'select type from event_log.events where stream_id = $1 order by version offset 1';
    return (await database.pool().query<{ type: string }>(text, [`trigger-${trigger_id}`])).rows.map(
      ({ type }) => type,
    );
  };

  it('should have one effect and one event, however often and by whomever they are carried out', async () => {
    const [one, two] = [await replica(), await replica()];
    const trigger = await create(one);
    expect(await admit(one, occasionOf(trigger, 'first'))).toMatchObject({ fired: true });
    // Once more the same is no other.
    expect(await admit(two, occasionOf(trigger, 'first'))).toMatchObject({ fired: false, reason: 'replayed' });
    const [timer] = await timersOf(trigger.trigger_id);
    await Promise.all([one, two, one].map(({ firings }) => firings.whenDue(timer!)));
    await two.firings.whenDue(timer!);
    expect(made.size).toBe(1);
    expect(await eventsOf(trigger.trigger_id)).toEqual(['TriggerFired']);
    const [task_id] = [...made.keys()].map((id) => derivedId('task', id));
    expect(await historyOf(one, trigger.trigger_id)).toMatchObject([{ outcome: 'fired', made: { task_id } }]);
    expect(await timersOf(trigger.trigger_id)).toEqual([]);
  });

  it('should come again while nobody can tell, and fail when they are refused', async () => {
    const one = await replica();
    const trigger = await create(one);
    await admit(one, occasionOf(trigger, 'first'));
    const [timer] = await timersOf(trigger.trigger_id);
    refusing = 'unavailable';
    await expect(one.firings.whenDue(timer!)).rejects.toThrow('not now');
    expect(await historyOf(one, trigger.trigger_id)).toMatchObject([{ outcome: 'firing' }]);
    expect(await eventsOf(trigger.trigger_id)).toEqual([]);
    refusing = 'invalid';
    await one.firings.whenDue(timer!);
    expect(await historyOf(one, trigger.trigger_id)).toMatchObject([
      { outcome: 'failed', reason: 'action_refused', detail: 'Expected to submit a task, but not now', made: null },
    ]);
    expect(await eventsOf(trigger.trigger_id)).toEqual(['TriggerFailed']);
  });

  it('should be no more than the throttle lets through, whoever asks', async () => {
    const [one, two] = [await replica(), await replica()];
    const trigger = await create(one, { throttle: { max: 3, seconds: 3_600 } });
    const turns = Array.from({ length: 10 }, (_, index) =>
      admit(index % 2 ? one : two, occasionOf(trigger, `event ${index}`)),
    );
    const admitted = (await Promise.all(turns)).filter(({ fired }) => fired);
    expect(admitted).toHaveLength(3);
    const refused = (await historyOf(one, trigger.trigger_id)).filter(({ reason }) => reason === 'throttled');
    expect(refused).toHaveLength(7);
    // The next window lets through again.
    const later = { ...occasionOf(trigger, 'later'), at: isoTime(3_600_000) };
    expect(await admit(one, later)).toMatchObject({ fired: true });
  });

  it('should be one for each time of a cron trigger, by whichever replica', async () => {
    const [one, two] = [await replica(), await replica()];
    const first = Math.floor(one.clock.now() / 60_000) * 60_000 - 3 * 60_000;
    const config = { type: 'cron', expression: '* * * * *', time_zone: 'UTC', catch_up: 'all' } as const;
    const action = createTask({ payload: { at: '${{ scheduled_for }}' } });
    const { trigger_id } = await create(one, { config, action }, isoTime(first - 1));
    const timer = (revision: number): FiredTimer => ({
      ...{ timer_id: `trigger-cron-${trigger_id}`, kind: TRIGGER_CRON, due_at: isoTime(first), command_id: newId() },
      ...{ fired_at: isoTime(first), payload: { trigger_id, revision, at: isoTime(first) } },
    });
    // Of a trigger as it was before its change.
    await one.cron(timer(7));
    expect(await timersOf(trigger_id)).toEqual([]);
    await Promise.all([one, two, one, two].map(({ cron }) => cron(timer(1))));
    const due = await timersOf(trigger_id);
    await Promise.all(due.map((each, index) => (index % 2 ? one : two).firings.whenDue(each)));
    const times = [...made.values()].map((text) => (JSON.parse(text) as { payload: { at: string } }).payload.at).sort();
    expect(times.slice(0, 4)).toEqual([0, 1, 2, 3].map((minute) => isoTime(first + minute * 60_000)));
    expect(times.length).toBeLessThanOrEqual(5);
    const text = `select (payload->>'at')::timestamptz > now() - interval '1 minute' as comes from workflows.timers where timer_id = $1`;
    const { rows } = await database.pool().query(text, [`trigger-cron-${trigger_id}`]);
    expect(rows).toEqual([{ comes: true }]);
  });

  it('should leave a thousand in the history of a trigger, the newest', async () => {
    const one = await replica();
    const { trigger_id } = await create(one);
    const other = await create(one);
    const entry = (id: string, detail: string) => ({
      ...{ trigger_id: id, firing_id: null, outcome: 'not_fired' as const, reason: 'condition_false' as const },
      ...{ detail, cause: causeOf('event'), at: isoTime(0) },
    });
    await addEntries(one.pool, [entry(other.trigger_id, 'of another')]);
    for (let batch = 0; batch < 3; batch += 1)
      await addEntries(
        one.pool,
        Array.from({ length: 450 }, (_, index) => entry(trigger_id, `${batch} ${index}`)),
      );
    await addEntries(one.pool, [entry(trigger_id, 'last')]);
    const { entries, total } = await listEntries(one.pool, { trigger_id, limit: 1, offset: 0 });
    expect([entries[0]?.detail, total]).toEqual(['last', 1_000]);
    expect(await historyOf(one, other.trigger_id)).toHaveLength(1);
  });
});
