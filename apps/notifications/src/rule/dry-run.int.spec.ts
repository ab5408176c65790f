import type { RecordedEvent } from '@ao/event-log';
import { isRejection } from '@ao/kernel';
import { eventually, testMetadata } from '@ao/testing';
import type { Notice } from '../notice';
import { compileRule } from './compile-rule';
import { dryRun } from './dry-run';
import { terms } from './rule.testing';
import { startRuleHarness, SUBJECT, type RuleHarness } from './rule-harness.testing';

describe('a dry run', () => {
  let harness: RuleHarness;
  beforeEach(async () => {
    harness = await startRuleHarness();
  });
  afterEach(() => harness?.stop());

  it('should send the same whatever the batches, and what the dry run says', async () => {
    const throttle = { max: 2, seconds: 600 };
    const group = { by: 'string(int(event.data.failure.message) % 3)', seconds: 1 };
    const rule = { subject: SUBJECT, condition: 'int(event.data.failure.message) % 4 != 0', throttle, group };
    await harness.made(rule);
    for (let count = 1; count <= 60; count += 1) await harness.failed(String(count));
    const [subscription] = harness.process().rules.subscriptions!;
    const events = await harness.log.read({ categories: subscription!.categories });

    const scheduled = async (size: number) => {
      const client = await harness.pool.connect();
      try {
        await client.query('begin');
        await subscription!.activated?.(0);
        for (let from = 0; from < events.length; from += size) {
          const batch: RecordedEvent[] = events.slice(from, from + size);
          await subscription!.handle(batch, client);
          subscription!.committed?.(batch.at(-1)!.position, batch);
        }
        const { rows: timers } = await client.query(
          'select timer_id, due_at, payload from notifications.timers order by 1',
        );
        const { rows: states } = await client.query('select * from notifications.rule_states order by key');
        return { timers, states };
      } finally {
        await client.query('rollback');
        client.release();
      }
    };
    const whole = await scheduled(500);
    expect(whole.states).toHaveLength(3);
    expect(await scheduled(1)).toEqual(whole);
    expect(await scheduled(7)).toEqual(whole);

    await harness.process().start();
    await eventually(async () => {
      const { rows } = await harness.admin.query(
        `select (select count(*)::int from notifications.rule_states where json_typeof(state::json -> 'group') = 'null') as closed,
                (select count(*)::int from notifications.timers) as timers`,
      );
      expect(rows).toEqual([{ closed: 3, timers: 0 }]);
    });
    const report = await harness.process().rules.dryRun({ hours: 1, terms: { ...terms, ...rule } }, testMetadata());
    if (isRejection(report)) throw new Error(report.message);
    const { would_send, samples } = report.result;
    expect(report.result).toMatchObject({ events: 60, matched: 45, errors: 0, truncated: false, first_error: null });
    expect(would_send).toBe(harness.notices.size);
    expect(would_send).toBeGreaterThanOrEqual(3);
    const texts = (of: Iterable<Pick<Notice, 'subject' | 'body'>>) =>
      [...of].map(({ subject, body }) => `${subject} ${body}`).sort();
    expect(texts(samples)).toEqual(texts(harness.notices.values()));
  });

  it('should look at the newest part of a log that is too long, and say so', async () => {
    for (let count = 1; count <= 10; count += 1) await harness.failed(String(count));
    const rule = compileRule(terms);
    if ('pointer' in rule) throw new Error(rule.reason);
    const until = harness.log.clock.now();
    const report = await dryRun(rule, { log: harness.log, from: until - 60_000, until, mostEvents: 4 });
    const [first] = await harness.log.read({ after: 6, limit: 1 });
    expect(report).toMatchObject({ events: 4, would_send: 4, truncated: true });
    expect(Date.parse(report.from)).toBe(Date.parse(first!.recorded_at));
    expect(await dryRun(rule, { log: harness.log, from: until - 60_000, until })).toMatchObject({
      events: 10,
      truncated: false,
    });
    expect(await dryRun(rule, { log: harness.log, from: until + 1, until: until + 2 })).toMatchObject({ events: 0 });
  });
});
