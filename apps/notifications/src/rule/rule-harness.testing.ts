import { ruleEvents, taskEvents, type RuleTerms } from '@ao/contracts';
import { createCommandShell, createEventLog, createPool, createSubscriptions } from '@ao/event-log';
import { newId } from '@ao/kernel';
import { append, eventually, testDatabase } from '@ao/testing';
import { createTimers } from '@ao/timers';
import { Registry } from 'prom-client';
import { Notice, NOTICE } from '../notice';
import type { PartDependencies } from '../part';
import { terms } from './rule.testing';
import { createRules, type Rules } from './rules';

/** The rule that is made where none is named. */
export const RULE = newId();
export const SUBJECT = '${{ event.data.failure.message }}';

/** A process of the service with rules alone. */
interface Process {
  readonly rules: Rules;
  start(options?: { readonly subscribed?: boolean }): Promise<void>;
  stop(): Promise<void>;
}

export type RuleHarness = Awaited<ReturnType<typeof startRuleHarness>>;

/** Processes on one database; the notices of all are kept in the order in which they come. */
export async function startRuleHarness() {
  const database = await testDatabase();
  const admin = database.pool('admin');
  const pool = createPool(database.urlFor('notifications'), { applicationName: 'rules', max: 10 });
  const log = createEventLog({ pool });
  await log.ready();
  const metrics = new Registry();
  const notices = new Map<string, Notice>();
  const processes: Process[] = [];

  function process(): Process {
    const shell = createCommandShell(log);
    const timers = createTimers({ pool, schema: 'notifications', pollIntervalMs: 50 });
    const subscriptions = createSubscriptions({ pool, log, schema: 'notifications', pollIntervalMs: 20 });
    const logger = { warn: () => undefined };
    const deps = { pool, log, shell, clock: log.clock, metrics, logger, timers } as unknown as PartDependencies;
    const rules = createRules(deps);
    let stopped: Promise<void> | undefined;
    const started: Process = {
      rules,
      async start({ subscribed = true } = {}) {
        if (subscribed) for (const each of rules.subscriptions ?? []) await subscriptions.owned(each);
        timers.start(async (timer) => {
          if (timer.kind === NOTICE) {
            const notice = Notice.parse(timer.payload);
            notices.set(notice.notice_id, notice);
          } else await rules.timers![timer.kind]!(timer);
        });
      },
      stop: () =>
        (stopped ??= (async () => {
          await subscriptions.stop();
          await timers.stop();
          await rules.stop?.();
        })()),
    };
    processes.push(started);
    return started;
  }

  const made = (changes: Partial<RuleTerms> = {}, rule_id = RULE) =>
    append(log, `rule-${rule_id}`, {
      ...{ type: 'RuleCreated', schema_version: ruleEvents.RuleCreated.schemaVersion },
      data: { ...terms, ...changes, rule_id, created_at: '2026-01-01T00:00:00.000Z' },
    });
  const changed = (changes: Partial<RuleTerms>) =>
    append(log, `rule-${RULE}`, {
      ...{ type: 'RuleChanged', schema_version: ruleEvents.RuleChanged.schemaVersion },
      data: { ...terms, ...changes, rule_id: RULE, at: '2026-01-01T00:00:00.000Z' },
    });
  const failed = (message: string, task_id = newId()) =>
    append(log, `task-${task_id}`, {
      ...{ type: 'TaskFailed', schema_version: taskEvents.TaskFailed.schemaVersion },
      data: {
        ...{ task_id, agent_id: newId(), attempt: 1, lease_token: newId(), failed_at: '2026-01-01T00:00:00.000Z' },
        failure: { message, retryable: false },
      },
    });

  const handled = (position: number) =>
    eventually(async () => {
      const { rows } = await admin.query<{ position: string }>(
        `select position from notifications.subscription_checkpoints where subscription = 'rules'`,
      );
      expect(Number(rows[0]?.position)).toBeGreaterThanOrEqual(position);
    });
  const subjects = () => [...notices.values()].map(({ subject }) => subject);

  return {
    ...{ admin, pool, log, metrics, notices, process, made, changed, failed, handled, subjects },
    async stop(): Promise<void> {
      for (const each of processes) await each.stop();
      await log.close();
      await pool.end();
      await database.drop();
    },
  };
}
