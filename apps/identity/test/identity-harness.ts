import { createUser, type DataOf, type RequestContract, type ResultOf } from '@ao/contracts';
import type { CommandResult } from '@ao/event-log';
import { isRejection, newId, type CommandMetadata } from '@ao/kernel';
import { connectBus, createCommandClient } from '@ao/messaging';
import { startService, testStack, type StartedService, type TestStack } from '@ao/testing';
import type { Pool } from 'pg';

export interface Told<Data = Record<string, unknown>> {
  readonly type: string;
  readonly data: Data;
}

/** Identity as a process of its own, with a real Postgres and NATS; spoken to as the gateway does. */
export interface IdentityHarness {
  readonly stack: TestStack;
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
  /** The id of a new user. */
  user(role: DataOf<typeof createUser>['role']): Promise<string>;
  /** The events of a category, or of one stream of it, in the order of the log. */
  told<Data = Record<string, unknown>>(category: string, id?: string): Promise<Told<Data>[]>;
  /** How many rows hold the text anywhere, in the tables of the log and in identity's own. */
  rowsWith(text: string): Promise<number>;
  stop(): Promise<void>;
}

export async function startIdentity(env: Readonly<Record<string, string>> = {}): Promise<IdentityHarness> {
  const stack = await testStack({ services: ['identity'], env });
  const { user, password, inboxPrefix } = stack.nats.credentials('gateway');
  const bus = await connectBus({ url: stack.nats.url, user, password, inboxPrefix, name: 'test' });
  const client = createCommandClient(bus, { defaultTimeoutMs: 20_000 });
  const pool = stack.database.pool('admin');
  const replicas: StartedService[] = [];

  const ask: IdentityHarness['ask'] = (contract, data, changes) => client.send(contract, data, metadataOf(changes));
  const expectDone: IdentityHarness['expectDone'] = async (contract, data, changes) => {
    const result = await ask(contract, data, changes);
    if (isRejection(result)) throw new Error(`${result.code}: ${result.message}`);
    return result.result;
  };

  return {
    stack,
    pool,
    ask,
    expectDone,
    secondReplica: async () => {
      const replica = await startService('identity', stack.environmentOf('identity'));
      replicas.push(replica);
      await replica.ready();
      return replica;
    },
    user: async (role) => {
      const email = `${newId()}@example.org`;
      return (await expectDone(createUser, { email, password: 'correct horse battery', full_name: 'Somebody', role }))
        .user_id;
    },
    told: async <Data>(category: string, id?: string) => {
      const { rows } = await pool.query<Told<Data>>(
        `select type, data from event_log.events
          where category = $1 and ($2::text is null or stream_id = $1 || '-' || $2) order by position`,
        [category, id ?? null],
      );
      return rows;
    },
    rowsWith: (text) => rowsWith(pool, text),
    stop: async () => {
      await bus.drain();
      await Promise.all(replicas.map((replica) => replica.kill()));
      await stack.stop();
    },
  };
}

function metadataOf(changes: Partial<CommandMetadata> = {}): CommandMetadata {
  const command_id = newId();
  return {
    command_id,
    actor: { type: 'operator', id: 'test' },
    correlation_id: command_id,
    causation_id: command_id,
    ...changes,
  };
}

async function rowsWith(pool: Pool, text: string): Promise<number> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_schema in ('event_log', 'identity') and table_type = 'BASE TABLE'`,
  );
  let found = 0;
  for (const { name } of tables) {
    const { rows } = await pool.query<{ n: number }>(
      `select count(*)::int as n from ${name} t where position($1 in t::text) > 0`,
      [text],
    );
    found += rows[0]!.n;
  }
  return found;
}
