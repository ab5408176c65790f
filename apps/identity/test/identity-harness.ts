import { createUser, logIn, refreshSession, type DataOf, type TokenOutcome } from '@ao/contracts';
import { newId, type CommandMetadata } from '@ao/kernel';
import { testService, type TestService } from '@ao/testing';
import type { Pool } from 'pg';

export const PASSWORD = 'correct horse battery staple';

type Credentials = Omit<DataOf<typeof logIn>, 'origin'>;

/** Identity as a process of its own, with a real Postgres and NATS; spoken to as the gateway does. */
export interface IdentityHarness extends TestService {
  /** The id of a new user. */
  user(role: DataOf<typeof createUser>['role'], email?: string): Promise<string>;
  logIn(given: Credentials, from?: string, metadata?: Partial<CommandMetadata>): Promise<TokenOutcome>;
  /** @throws unless tokens were granted */
  granted(given: Credentials, from?: string): Promise<Extract<TokenOutcome, { outcome: 'granted' }>['tokens']>;
  refresh(refresh_token: string): Promise<TokenOutcome>;
  /** How many rows hold the text anywhere, in the tables of the log and in identity's own. */
  rowsWith(text: string): Promise<number>;
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
  const service = await testService('identity', env);
  const { expectDone, pool } = service;
  const login: IdentityHarness['logIn'] = (given, from = HERE, metadata) =>
    expectDone(logIn, { ...given, origin: originAt(from) }, metadata);
  return {
    ...service,
    user: async (role, email = `${newId()}@example.org`) =>
      (await expectDone(createUser, { email, password: PASSWORD, full_name: 'Test Person', role })).user_id,
    logIn: login,
    granted: async (given, from) => tokensOf(await login(given, from)),
    refresh: (refresh_token) => expectDone(refreshSession, { refresh_token, origin: originAt(HERE) }),
    rowsWith: (text) => rowsWith(pool, text),
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
