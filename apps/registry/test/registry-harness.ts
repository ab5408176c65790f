import { recordHeartbeat, registerAgent, type DataOf, type RequestContract, type ResultOf } from '@ao/contracts';
import { agentProfile } from '@ao/contracts/testing';
import type { CommandResult } from '@ao/event-log';
import { isRejection, newId, type CommandMetadata } from '@ao/kernel';
import { connectBus, createCommandClient, type Bus } from '@ao/messaging';
import { startService, testStack, type StartedService, type TestStack } from '@ao/testing';
import type { Pool } from 'pg';

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

export function testMetadata(changes: Partial<CommandMetadata> = {}): CommandMetadata {
  const command_id = newId();
  return {
    command_id,
    actor: { type: 'operator', id: 'test' },
    correlation_id: command_id,
    causation_id: command_id,
    ...changes,
  };
}

/** The registry as a process of its own, with a real Postgres and NATS; spoken to as the gateway does. */
export interface RegistryHarness {
  readonly stack: TestStack;
  readonly bus: Bus;
  readonly pool: Pool;
  secondReplica(): Promise<StartedService>;
  ask<C extends RequestContract>(
    contract: C,
    data: DataOf<C>,
    metadata?: Partial<CommandMetadata>,
  ): Promise<CommandResult<ResultOf<C>>>;
  /** @throws when it is rejected */
  expectDone<C extends RequestContract>(
    contract: C,
    data: DataOf<C>,
    metadata?: Partial<CommandMetadata>,
  ): Promise<ResultOf<C>>;
  register(external_id: string, changes?: Partial<Profile>): Promise<ResultOf<typeof registerAgent>>;
  beat(agentId: string, load_metrics?: Record<string, number>): Promise<ResultOf<typeof recordHeartbeat>>;
  /** The events of an agent's stream. */
  told(agentId: string): Promise<Told[]>;
  typesOf(agentId: string): Promise<string[]>;
  row(agentId: string): Promise<LivenessRow | undefined>;
  head(): Promise<number>;
  /** Unix milliseconds. */
  databaseTime(): Promise<number>;
  stop(): Promise<void>;
}

export async function startRegistry(): Promise<RegistryHarness> {
  const stack = await testStack({ services: ['registry'] });
  const { user, password, inboxPrefix } = stack.nats.credentials('gateway');
  const bus = await connectBus({ url: stack.nats.url, user, password, inboxPrefix, name: 'test' });
  const client = createCommandClient(bus, { defaultTimeoutMs: 10_000 });
  const pool = stack.database.pool('admin');
  const replicas: StartedService[] = [];

  const ask: RegistryHarness['ask'] = (contract, data, changes) => client.send(contract, data, testMetadata(changes));
  const expectDone: RegistryHarness['expectDone'] = async (contract, data, changes) => {
    const result = await ask(contract, data, changes);
    if (isRejection(result)) throw new Error(result.message);
    return result.result;
  };
  const told = async (agentId: string) => {
    const { rows } = await pool.query<Told>(
      'select type, data from event_log.events where stream_id = $1 order by version',
      [`agent-${agentId}`],
    );
    return rows;
  };
  const numberOf = async (sql: string) => (await pool.query<{ value: number }>(sql)).rows[0]!.value;

  return {
    stack,
    bus,
    pool,
    ask,
    expectDone,
    told,
    secondReplica: async () => {
      const replica = await startService('registry', stack.environmentOf('registry'));
      replicas.push(replica);
      await replica.ready();
      return replica;
    },
    register: (external_id, changes) => expectDone(registerAgent, profileOf(external_id, changes)),
    beat: (agent_id, load_metrics) => expectDone(recordHeartbeat, { agent_id, load_metrics }),
    typesOf: async (agentId) => (await told(agentId)).map(({ type }) => type),
    row: async (agentId) => {
      const { rows } = await pool.query<LivenessRow>('select * from telemetry.agent_liveness where agent_id = $1', [
        agentId,
      ]);
      return rows[0];
    },
    head: () => numberOf('select coalesce(max(position), 0) as value from event_log.events'),
    databaseTime: () => numberOf('select (extract(epoch from clock_timestamp()) * 1000)::float8 as value'),
    stop: async () => {
      await bus.drain();
      await Promise.all(replicas.map((replica) => replica.kill()));
      await stack.stop();
    },
  };
}
