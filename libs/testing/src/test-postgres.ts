/** What `postgres-server.main.ts` tells about the Postgres of this test run. */
export interface TestPostgres {
  readonly port: number;
  /** The superuser on the database `postgres`. */
  readonly adminUrl: string;
  /** Of each login role. */
  readonly passwords: Readonly<Record<string, string>>;
  /** Why there is no migrated template database, if there is none. */
  readonly failure?: string;
}

/** The migrated database that every test database is a copy of. */
export const TEMPLATE = 'ao_template';
/** Carries it from the global setup to the test files, as JSON. */
export const TEST_POSTGRES_ENV = 'AO_TEST_POSTGRES';

export function testPostgres(): TestPostgres {
  const told = process.env[TEST_POSTGRES_ENV];
  if (!told) throw new Error('No test Postgres: run this file by jest with the configuration of the repository');
  return JSON.parse(told) as TestPostgres;
}
