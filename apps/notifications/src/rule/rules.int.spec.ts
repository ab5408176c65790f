import { taskEvents } from '@ao/contracts';
import { derivedId, newId } from '@ao/kernel';
import { append, eventually, testMetadata } from '@ao/testing';
import { terms } from './rule.testing';
import { RULE, startRuleHarness, SUBJECT, type RuleHarness } from './rule-harness.testing';

describe('rules', () => {
  let harness: RuleHarness;
  beforeEach(async () => {
    harness = await startRuleHarness();
  });
  afterEach(() => harness?.stop());

  it('should fire for what is recorded while they are there and enabled, and for what they mean', async () => {
    await harness.process().start();
    await harness.failed('before');
    await harness.made({ subject: SUBJECT, condition: 'event.data.failure.message != "other"' });
    await harness.failed('one');
    await harness.failed('other');
    await harness.changed({ subject: SUBJECT, enabled: false });
    await harness.failed('disabled');
    await harness.changed({ subject: `again ${SUBJECT}` });
    const last = await harness.failed('two');
    await eventually(() => expect(harness.subjects()).toEqual(['one', 'again two']));
    await append(harness.log, `rule-${RULE}`, {
      ...{ type: 'RuleDeleted', schema_version: 1 },
      data: { rule_id: RULE, at: '2026-01-01T00:00:00.000Z' },
    });
    await harness.handled(await harness.failed('deleted'));
    expect(harness.subjects()).toEqual(['one', 'again two']);
    expect([...harness.notices.values()][1]).toMatchObject({ rule_id: RULE, event: 'task.failed', position: last });
  });

  it('should go on where one process left off: the throttle counts on, and no event is told twice', async () => {
    await harness.made({ subject: SUBJECT, throttle: { max: 2, seconds: 600 } });
    const one = harness.process();
    await one.start();
    await harness.failed('1');
    await harness.handled(await harness.failed('2'));
    await harness.handled(await harness.failed('3'));
    await eventually(() => expect(harness.notices.size).toBe(2));
    await one.stop();
    await harness.failed('4');
    await harness.process().start();
    await harness.handled(await harness.failed('5'));
    expect(harness.subjects()).toEqual(['1', '2']);
    const { rows } = await harness.admin.query<{ omitted: number }>(
      `select (state ->> 'omitted')::int as omitted from notifications.rule_states`,
    );
    expect(rows).toEqual([{ omitted: 3 }]);
    // Without the limit, the next one tells of them.
    await harness.changed({ subject: SUBJECT });
    await harness.failed('6');
    await eventually(() => expect(harness.subjects()).toEqual(['1', '2', '6']));
    expect([...harness.notices.values()][2]!.body).toBe('And 3 more that no notice told of.');
    expect((await harness.admin.query('select from notifications.rule_states')).rowCount).toBe(0);
  });

  it('should make one notice of a group that a process did not live to close', async () => {
    await harness.made({ subject: SUBJECT, body: '${{ count }}', group: { by: 'event.data.attempt', seconds: 2 } });
    const one = harness.process();
    await one.start();
    await harness.handled(await harness.failed('1'));
    await one.stop();
    await harness.failed('2');
    await harness.process().start();
    await harness.handled(await harness.failed('3'));
    await eventually(() => expect(harness.notices.size).toBe(1));
    expect([...harness.notices.values()]).toMatchObject([
      { subject: '3', body: '3', event: 'task.failed', position: 4 },
    ]);
    expect((await harness.admin.query('select from notifications.rule_states')).rowCount).toBe(0);
  });

  it('should not close a group before all that was recorded in its time is in it', async () => {
    const position = await harness.made({ body: '${{ count }}', group: { by: null, seconds: 1 } });
    const one = harness.process();
    await one.start();
    await harness.handled(position);
    await harness.handled(await harness.failed('1'));
    await one.stop();
    await harness.failed('2');
    // The timers go on, the subscription does not.
    await harness.process().start({ subscribed: false });
    const moved = () =>
      harness.admin.query<{ moved: boolean }>(
        `select t.due_at > to_timestamp((s.state #>> '{group,closes_at}')::float8 / 1000) + interval '2 seconds' as moved
           from notifications.timers t, notifications.rule_states s`,
      );
    await eventually(async () => expect((await moved()).rows).toEqual([{ moved: true }]));
    expect(harness.notices.size).toBe(0);
    await harness.process().start();
    await eventually(() => expect([...harness.notices.values()]).toMatchObject([{ body: '2' }]));
  });

  it('should count what cannot be worked out, and go on', async () => {
    await harness.process().start();
    await harness.made({ condition: 'event.data.failure.class == "Timeout"' });
    await harness.made({ subject: SUBJECT, group: null }, newId());
    await harness.failed('1');
    await eventually(() => expect(harness.subjects()).toEqual(['1']));
    expect((await harness.admin.query('select from notifications.parked_events')).rowCount).toBe(0);
    expect(await harness.metrics.getSingleMetricAsString('ao_rule_errors_total')).toContain('{part="condition"} 1');
    const report = await harness.process().rules.dryRun({ hours: 1, rule_id: RULE }, testMetadata());
    expect(report).toMatchObject({
      result: { events: 1, matched: 0, errors: 1, first_error: 'condition: No such key: class' },
    });
  });

  it('should know the task of an event, as it was submitted', async () => {
    await harness.process().start();
    const task_id = newId();
    await append(harness.log, `task-${task_id}`, {
      ...{ type: 'TaskSubmitted', schema_version: taskEvents.TaskSubmitted.schemaVersion },
      data: {
        ...{ task_id, type: 'build', title: 'Build it', payload: {}, priority: 80, pool: 'default', retry: {} },
        ...{ requirements: { capabilities: ['gpu'] }, lease_seconds: 60, submitted_at: '2026-01-01T00:00:00.000Z' },
      },
    });
    await harness.made({
      condition: 'task.priority >= 80 && "gpu" in task.capabilities',
      subject: '${{ task.title }}',
    });
    await harness.failed('1');
    await harness.failed('2', task_id);
    await eventually(() => expect(harness.subjects()).toEqual(['Build it']));
  });

  it('should refuse channels that there are none of, and keep to its answer when asked twice', async () => {
    const { rules } = harness.process();
    const channel = derivedId('channel', 'none');
    expect(await rules.create({ ...terms, channels: [channel] }, testMetadata())).toMatchObject({
      ...{ rejection: 'invalid', code: 'channel_unknown', pointer: '/channels/0' },
    });
    const twice = { ...testMetadata(), idempotent: true };
    const created = await rules.create(terms, twice);
    expect(created).toMatchObject({ kind: 'done' });
    expect(await rules.create(terms, twice)).toEqual(created);
    expect(await rules.dryRun({ hours: 1, rule_id: newId() }, testMetadata())).toMatchObject({
      code: 'rule_not_found',
    });
    const wrong = await rules.dryRun({ hours: 1, terms: { ...terms, condition: 'nothing' } }, testMetadata());
    expect(wrong).toMatchObject({ rejection: 'invalid', pointer: '/condition' });
  });
});
