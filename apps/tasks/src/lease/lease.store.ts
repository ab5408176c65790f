import path from 'node:path';
import type { Pool } from 'pg';
import { sqlFile } from '../sql-file';

const sql = (name: string) => sqlFile(path.join(__dirname, 'sql', `${name}.sql`));
const RENEW = sql('renew-leases');
const CLAIM_DUE = sql('claim-due-leases');
const REOPEN = sql('reopen-lease');
const OF_AGENT = sql('leases-of-agent');

export interface LeaseKey {
  readonly task_id: string;
  readonly lease_token: string;
  readonly agent_id: string;
}

export interface DueLease {
  readonly task_id: string;
  readonly lease_token: string;
  readonly expires_at: Date;
  readonly agent_lost: boolean;
}

export interface AgentLease {
  readonly task_id: string;
  readonly lease_token: string;
  readonly attempt: number;
  readonly started: boolean;
  readonly lease_seconds: number;
  readonly expires_at: Date;
}

/** The leases as `tasks.leases` has them: what the log says, moved by renewals. */
export class LeaseStore {
  constructor(private readonly pool: Pick<Pool, 'query'>) {}

  /** Resolves with the new deadlines of those that could be renewed, by lease token. */
  async renew(leases: readonly LeaseKey[]): Promise<Map<string, Date>> {
    const { rows } = await this.pool.query<{ lease_token: string; expires_at: Date }>({
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

  async claimDue(limit: number): Promise<DueLease[]> {
    const { rows } = await this.pool.query<DueLease>({ name: 'claim_due_leases', text: CLAIM_DUE, values: [limit] });
    return rows;
  }

  async reopen(taskId: string, leaseToken: string): Promise<void> {
    await this.pool.query(REOPEN, [taskId, leaseToken]);
  }

  async ofAgent(agentId: string): Promise<AgentLease[]> {
    const { rows } = await this.pool.query<AgentLease>({ name: 'leases_of_agent', text: OF_AGENT, values: [agentId] });
    return rows;
  }
}
