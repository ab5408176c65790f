import type { BreakerDocument, BreakerEvent } from '@ao/contracts';
import type { LocalSubscription } from '@ao/event-log';
import type { Pool } from 'pg';
import type { BreakerGate } from './breaker.gate';
import { BREAKERS } from './breaker.subscription';

/** Seeds the gate from the table, at the checkpoint that it stands at, and follows the log from there. */
export function breakerView(pool: Pick<Pool, 'query'>, gate: BreakerGate): LocalSubscription {
  return {
    name: 'breaker-view',
    categories: ['circuitbreaker'],
    async seed() {
      // One statement, so one moment; one row at least, for the checkpoint.
      const { rows } = await pool.query<{ position: number; document: BreakerDocument | null }>(
        `select coalesce(checkpoint.position, 0) as position, breaker.document
           from (select max(position) as position from tasks.subscription_checkpoints where subscription = $1) as checkpoint
           left join tasks.circuit_breakers as breaker on true`,
        [BREAKERS],
      );
      gate.load(rows.flatMap(({ document }) => document ?? []));
      return rows[0]?.position ?? 0;
    },
    handle(events) {
      for (const event of events) gate.apply(event as unknown as BreakerEvent);
    },
  };
}
