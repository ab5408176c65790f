import type { DataOf, RequestContract, ResultOf } from '@ao/contracts';
import type { ServiceName } from '@ao/embedded';
import type { CommandResult } from '@ao/event-log';
import { isRejection, newId, type CommandMetadata } from '@ao/kernel';
import { connectBus, createCommandClient, type Bus } from '@ao/messaging';
import type { Pool } from 'pg';
import { startService, type StartedService } from './start-service';
import { testStack, type TestStack } from './test-stack';

/** What a command of a test is sent with, less what the test says otherwise. */
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

/** An event as the log has it. */
export interface ToldEvent<Data = Record<string, unknown>> {
  readonly type: string;
  readonly data: Data;
}

/** @throws when it is a rejection */
function answerOf<Result>(answer: CommandResult<Result>): Result {
  if (isRejection(answer)) throw new Error(`${answer.code}: ${answer.message}`);
  return answer.result;
}

/** One service as a process of its own, with a real Postgres and NATS; spoken to as the gateway does. */
export interface TestService {
  readonly stack: TestStack;
  readonly bus: Bus;
  /** As the superuser. */
  readonly pool: Pool;
  secondReplica(env?: Readonly<Record<string, string>>): Promise<StartedService>;
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
  query<C extends RequestContract>(contract: C, data: DataOf<C>): Promise<CommandResult<ResultOf<C>>>;
  /** What a query answers. @throws when it is rejected */
  expectAnswer<C extends RequestContract>(contract: C, data: DataOf<C>): Promise<ResultOf<C>>;
  /** The events of a stream, or of a whole category (a name without a dash), in the log's order. */
  told<Data = Record<string, unknown>>(streamOrCategory: string): Promise<ToldEvent<Data>[]>;
  typesOf(streamOrCategory: string): Promise<string[]>;
  stop(): Promise<void>;
}

/** `beside`: the services without which it has nothing to do. */
export async function testService(
  name: ServiceName,
  env: Readonly<Record<string, string>> = {},
  beside: readonly ServiceName[] = [],
): Promise<TestService> {
  const stack = await testStack({ services: [name, ...beside], env });
  const { user, password, inboxPrefix } = stack.nats.credentials('gateway');
  const bus = await connectBus({ url: stack.nats.url, user, password, inboxPrefix, name: 'test' });
  const client = createCommandClient(bus, { defaultTimeoutMs: 20_000 });
  const pool = stack.database.pool('admin');
  const replicas: StartedService[] = [];

  const ask: TestService['ask'] = (contract, data, changes) => client.send(contract, data, testMetadata(changes));
  const query: TestService['query'] = (contract, data) => client.query(contract, data, testMetadata());
  const told = async <Data>(streamOrCategory: string) => {
    const { rows } = await pool.query<ToldEvent<Data>>(
      'select type, data from event_log.events where stream_id = $1 or category = $1 order by position',
      [streamOrCategory],
    );
    return rows;
  };
  return {
    ...{ stack, bus, pool, ask, told },
    expectDone: async (contract, data, changes) => answerOf(await ask(contract, data, changes)),
    query,
    expectAnswer: async (contract, data) => answerOf(await query(contract, data)),
    typesOf: async (streamOrCategory) => (await told(streamOrCategory)).map(({ type }) => type),
    secondReplica: async (more) => {
      const replica = await startService(name, { ...stack.environmentOf(name), ...more });
      replicas.push(replica);
      await replica.ready();
      return replica;
    },
    stop: async () => {
      await bus.drain();
      await Promise.all(replicas.map((replica) => replica.kill()));
      await stack.stop();
    },
  };
}
