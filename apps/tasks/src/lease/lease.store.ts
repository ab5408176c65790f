import { sqlFile } from '@ao/event-log';
import path from 'node:path';
import type { Pool } from 'pg';

const sql = (name: string) => sqlFile(path.join(__dirname, 'sql', `${name}.sql`));
const RENEW = sql('renew-leases');
const CLAIM = sql('claim-lease');
const REOPEN = sql('reopen-lease');
const DEADLINES = sql('lease-deadlines');

export interface LeaseKey {
  readonly task_id: string;
  readonly lease_token: string;
  readonly agent_id: string;
}

export interface ClaimedLease {
  /** Whether it is to end now; it is then not renewed any more. */
  readonly due: boolean;
  readonly expires_at: Date;
  readonly agent_lost: boolean;
}

interface Renewed {
  readonly lease_token: string;
  readonly expires_at: Date;
}

/** The leases as `tasks.leases` has them: what the log says, moved by renewals. */
export class LeaseStore {
  constructor(private readonly pool: Pick<Pool, 'query'>) {}

  /** Resolves with the new deadlines of those that could be renewed, by lease token. */
  async renew(leases: readonly LeaseKey[]): Promise<Map<string, Date>> {
    const { rows } = await this.pool.query<Renewed>({
      name: 'renew_leases',
      text: RENEW,
      values: [
        leases.map(({ task_id }) => task_id),
        leases.map(({ lease_token }) => lease_token),
        leases.map(({ agent_id }) => agent_id),
      ],
    });
    return new Map(rows.map(({ lease_token, expires_at }) => [lease_token, expires_at]));
  }

  /** Undefined when the lease is over. */
  async claim(taskId: string, leaseToken: string): Promise<ClaimedLease | undefined> {
    const values = [taskId, leaseToken];
    const { rows } = await this.pool.query<ClaimedLease>({ name: 'claim_lease', text: CLAIM, values });
    return rows[0];
  }

  async reopen(taskId: string, leaseToken: string): Promise<void> {
    await this.pool.query(REOPEN, [taskId, leaseToken]);
  }

  /** The deadlines of an agent's leases, by lease token. */
  async deadlinesOf(agentId: string): Promise<Map<string, Date>> {
    const values = [agentId];
    const { rows } = await this.pool.query<Renewed>({ name: 'lease_deadlines', text: DEADLINES, values });
    return new Map(rows.map(({ lease_token, expires_at }) => [lease_token, expires_at]));
  }
}
