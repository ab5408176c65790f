import {
  createUser,
  logIn,
  refreshSession,
  type DataOf,
  type RequestContract,
  type ResultOf,
  type TokenOutcome,
} from '@ao/contracts';
import type { CommandResult } from '@ao/event-log';
import { isRejection, newId, type CommandMetadata } from '@ao/kernel';
import { connectBus, createCommandClient } from '@ao/messaging';
import { startService, testStack, type StartedService, type TestStack } from '@ao/testing';
import type { Pool } from 'pg';

export const PASSWORD = 'correct horse battery staple';

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

export interface Told {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

type Credentials = Omit<DataOf<typeof logIn>, 'origin'>;

/** Identity as a process of its own, with a real Postgres and NATS; spoken to as the gateway does. */
export interface IdentityHarness {
  readonly stack: TestStack;
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
  createUser(email: string, role?: 'admin' | 'operator' | 'viewer'): Promise<string>;
  logIn(given: Credentials, from?: string, metadata?: Partial<CommandMetadata>): Promise<TokenOutcome>;
  /** @throws unless tokens were granted */
  granted(given: Credentials, from?: string): Promise<Extract<TokenOutcome, { outcome: 'granted' }>['tokens']>;
  refresh(refresh_token: string): Promise<TokenOutcome>;
  /** The events of a stream. */
  told(stream: string): Promise<Told[]>;
  typesOf(stream: string): Promise<string[]>;
  stop(): Promise<void>;
}

/** Where a request comes from when nothing else is said. */
export const HERE = '198.51.100.7';
export const originAt = (address: string) => ({ address, user_agent: 'test' });

let addresses = 0;
/** An address that no test of the file has used before. */
export const elsewhere = () => `203.0.113.${(addresses += 1)}`;
let people = 0;
export const newEmail = () => `person-${(people += 1)}@example.org`;

export const refused = (code: string) => ({ outcome: 'refused', code });
/** @throws unless tokens were granted */
export function tokensOf(outcome: TokenOutcome) {
  if (outcome.outcome !== 'granted') throw new Error(JSON.stringify(outcome));
  return outcome.tokens;
}

export async function startIdentity(env: Readonly<Record<string, string>> = {}): Promise<IdentityHarness> {
  const stack = await testStack({ services: ['identity'], env });
  const { user, password, inboxPrefix } = stack.nats.credentials('gateway');
  const bus = await connectBus({ url: stack.nats.url, user, password, inboxPrefix, name: 'test' });
  const client = createCommandClient(bus, { defaultTimeoutMs: 20_000 });
  const pool = stack.database.pool('admin');
  const replicas: StartedService[] = [];

  const ask: IdentityHarness['ask'] = (contract, data, changes) => client.send(contract, data, testMetadata(changes));
  const expectDone: IdentityHarness['expectDone'] = async (contract, data, changes) => {
    const result = await ask(contract, data, changes);
    if (isRejection(result)) throw new Error(`${result.code}: ${result.message}`);
    return result.result;
  };
  const login: IdentityHarness['logIn'] = (given, from = HERE, metadata) =>
    expectDone(logIn, { ...given, origin: originAt(from) }, metadata);
  const told = async (stream: string) => {
    const { rows } = await pool.query<Told>(
      'select type, data from event_log.events where stream_id = $1 order by version',
      [stream],
    );
    return rows;
  };

  return {
    stack,
    pool,
    ask,
    expectDone,
    told,
    secondReplica: async (more) => {
      const replica = await startService('identity', { ...stack.environmentOf('identity'), ...more });
      replicas.push(replica);
      await replica.ready();
      return replica;
    },
    createUser: async (email, role = 'viewer') =>
      (await expectDone(createUser, { email, password: PASSWORD, full_name: 'Test Person', role })).user_id,
    logIn: login,
    granted: async (given, from) => tokensOf(await login(given, from)),
    refresh: (refresh_token) => expectDone(refreshSession, { refresh_token, origin: originAt(HERE) }),
    typesOf: async (stream) => (await told(stream)).map(({ type }) => type),
    stop: async () => {
      await bus.drain();
      await Promise.all(replicas.map((replica) => replica.kill()));
      await stack.stop();
    },
  };
}
