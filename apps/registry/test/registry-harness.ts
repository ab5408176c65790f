import { recordHeartbeat, registerAgent, type DataOf, type ResultOf } from '@ao/contracts';
import { agentProfile } from '@ao/contracts/testing';
import { testService, type TestService } from '@ao/testing';

/** An event of an agent, with the data that its transitions have. */
export interface Told {
  readonly type: string;
  readonly data: { readonly at: string; readonly last_heartbeat: string; readonly reason?: string };
}

export interface LivenessRow {
  readonly last_seen: Date;
  readonly deadline: Date | null;
  readonly liveness: string;
  readonly load_metrics: Record<string, number> | null;
  readonly health: string | null;
}

type Profile = DataOf<typeof registerAgent>;

export const profileOf = (external_id: string, changes: Partial<Profile> = {}): Profile => ({
  ...agentProfile({ name: external_id, capabilities: ['ocr'], metadata: { any: ['thing'] }, version: '1.0.0' }),
  external_id,
  ...changes,
});

/** The registry as a process of its own, with a real Postgres and NATS; spoken to as the gateway does. */
export interface RegistryHarness extends Omit<TestService, 'told' | 'typesOf'> {
  register(external_id: string, changes?: Partial<Profile>): Promise<ResultOf<typeof registerAgent>>;
  beat(agentId: string, load_metrics?: Record<string, number>): Promise<ResultOf<typeof recordHeartbeat>>;
  /** The events of an agent's stream. */
  told(agentId: string): Promise<Told[]>;
  typesOf(agentId: string): Promise<string[]>;
  row(agentId: string): Promise<LivenessRow | undefined>;
  head(): Promise<number>;
  /** Unix milliseconds. */
  databaseTime(): Promise<number>;
}

export async function startRegistry(): Promise<RegistryHarness> {
  const service = await testService('registry');
  const { expectDone, pool } = service;
  const numberOf = async (sql: string) => (await pool.query<{ value: number }>(sql)).rows[0]!.value;
  return {
    ...service,
    register: (external_id, changes) => expectDone(registerAgent, profileOf(external_id, changes)),
    beat: (agent_id, load_metrics) => expectDone(recordHeartbeat, { agent_id, load_metrics }),
    told: (agentId) => service.told<Told['data']>(`agent-${agentId}`),
    typesOf: (agentId) => service.typesOf(`agent-${agentId}`),
    row: async (agentId) => {
      const { rows } = await pool.query<LivenessRow>('select * from telemetry.agent_liveness where agent_id = $1', [
        agentId,
      ]);
      return rows[0];
    },
    head: () => numberOf('select coalesce(max(position), 0) as value from event_log.events'),
    databaseTime: () => numberOf('select (extract(epoch from clock_timestamp()) * 1000)::float8 as value'),
  };
}
