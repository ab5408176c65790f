import { isoTime } from '@ao/kernel';
import { inTransaction, type EventLog } from '@ao/event-log';
import type { FiredTimer, Timers } from '@ao/timers';
import type { Pool, PoolClient } from 'pg';
import { compileRule } from './compile-rule';
import { expiryOf, fire } from './fire';
import type { RuleSender } from './rule-sender';
import { lockStates, readRule, saveStates, type StateKey } from './rule-tables';
import { RULES } from './rule.subscription';

/** How soon it looks again while the subscription is behind. */
const LATER_MS = 250;

export interface CloseRuleGroupOptions {
  readonly pool: Pool;
  readonly log: Pick<EventLog, 'read'>;
  readonly timers: Pick<Timers, 'move' | 'nudge'>;
  readonly sender: RuleSender;
  /** Of the subscription: what it has not handled yet may belong to the group. */
  readonly categories: readonly string[];
}

/**
 * Closes a group whose time is over: once all that was recorded before is in it, so that a subscription that is late makes
 * no other groups than one that is not.
 */
export function closeRuleGroupWhenDue({ pool, log, timers, sender, categories }: CloseRuleGroupOptions) {
  return async (timer: Pick<FiredTimer, 'timer_id' | 'payload' | 'fired_at'>): Promise<void> => {
    const { rule_id, key } = timer.payload as StateKey;
    await inTransaction(pool, async (transaction) => {
      const [stored] = await lockStates(transaction, [{ rule_id, key }]);
      const terms = await readRule(transaction, rule_id);
      const rule = terms && compileRule(terms);
      if (!stored?.state.group || !rule || 'pointer' in rule) return;
      const now = Date.parse(timer.fired_at);
      if (await isBehind(transaction, stored.state.group.closes_at)) {
        await timers.move(transaction, [{ timer_id: timer.timer_id, due_at: isoTime(now + LATER_MS) }]);
        return;
      }
      const { drafts, state } = fire(rule.terms, { kind: 'time', at: now }, stored.state);
      if (drafts.length === 0 && state === stored.state) return;
      await saveStates(transaction, [{ rule_id, key, state, expires: expiryOf(rule.terms, state, now) }]);
      await sender.send(transaction, rule_id, rule, drafts);
    });
    timers.nudge();
  };

  async function isBehind(transaction: PoolClient, closesAt: number): Promise<boolean> {
    const { rows } = await transaction.query<{ position: string }>({
      name: 'rules_position',
      text: 'select position from notifications.subscription_checkpoints where subscription = $1',
      values: [RULES],
    });
    const after = Number(rows[0]?.position ?? 0);
    const [next] = await log.read({ after, categories, limit: 1 });
    return next !== undefined && Date.parse(next.recorded_at) < closesAt;
  }
}
