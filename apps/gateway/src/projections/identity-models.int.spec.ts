import { createHash } from 'node:crypto';
import {
  apiKeyEvents,
  oauthClientEvents,
  secretEvents,
  sessionEvents,
  userEvents,
  type ApiKeyEvent,
  type OAuthClientEvent,
  type PersonRole,
  type SecretEvent,
  type SessionEvent,
  type UserEvent,
} from '@ao/contracts';
import { createEventLog, createPool, createSubscriptions, type EventLog } from '@ao/event-log';
import { newId, streamId } from '@ao/kernel';
import { rebuildProjection, runProjection, type Projection } from '@ao/projections';
import { testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import { apiKeyProjection } from './api-keys/api-key.projection';
import { ApiKeyQueries } from './api-keys/api-key.queries';
import { oauthClientProjection } from './oauth-clients/oauth-client.projection';
import { OAuthClientQueries } from './oauth-clients/oauth-client.queries';
import { secretProjection } from './secrets/secret.projection';
import { SecretQueries } from './secrets/secret.queries';
import { sessionProjection } from './sessions/session.projection';
import { SessionQueries } from './sessions/session.queries';
import { userProjection } from './users/user.projection';
import { UserQueries } from './users/user.queries';

const PROJECTIONS = [userProjection, sessionProjection, apiKeyProjection, oauthClientProjection, secretProjection];
const TABLES = ['users', 'user_counters', 'sessions', 'api_keys', 'oauth_clients', 'secrets'];
const CONTRACTS = { ...userEvents, ...sessionEvents, ...apiKeyEvents, ...oauthClientEvents, ...secretEvents };
type IdentityEvent = UserEvent | SessionEvent | ApiKeyEvent | OAuthClientEvent | SecretEvent;

const ALL = { limit: 200, offset: 0 };
const NOW = Date.UTC(2026, 0, 2);
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
const sealed = (userId: string) => `s1.user-${userId}.${'A'.repeat(60)}`;
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** Ids as they come, in no order of time. */
const ids = (count: number) => Array.from({ length: count }, () => newId()).sort(() => 0.5 - Math.random());

describe('the read models of identity', () => {
  let database: TestDatabase;
  let pool: Pool;
  let log: EventLog;
  const users = ids(6);
  const sessions = ids(6);
  const keys = ids(4);
  const clients = ids(3);
  const secrets = ids(5);

  beforeAll(async () => {
    database = await testDatabase();
    pool = createPool(database.urlFor('gateway'), { applicationName: 'identity-models', max: 8 });
    log = createEventLog({ pool: database.pool('identity') });
    await log.ready();
    const subscriptions = createSubscriptions({ pool, log, schema: 'read_models', pollIntervalMs: 20 });
    const running = await Promise.all(
      (PROJECTIONS as Projection[]).map((projection) => runProjection(subscriptions, projection, { batchSize: 3 })),
    );
    for (const [stream, ...events] of lives()) await append(stream, events);
    const head = await log.head();
    await Promise.all(running.map((projection) => projection.reached(head, 30_000)));
    await subscriptions.stop();
  });
  afterAll(async () => {
    await log?.close();
    await pool?.end();
    await database?.drop();
  });

  function lives(): [stream: string, ...events: IdentityEvent[]][] {
    const [disabled, erased] = [users[1]!, users[2]!];
    return [
      ...users.map((user_id, index): [string, ...IdentityEvent[]] => [
        streamId('user', user_id),
        registered(user_id, index, index < 2 ? 'admin' : 'viewer'),
        ...(user_id === disabled ? [{ type: 'UserDisabled' as const, data: { user_id, at: at(50) } }] : []),
        ...(user_id === erased ? [{ type: 'UserErased' as const, data: { user_id, at: at(51) } }] : []),
        // Ends what began before.
        ...(index === 3
          ? [{ type: 'UserPasswordChanged' as const, data: { user_id, password: sealed(user_id), at: at(52) } }]
          : []),
      ]),
      // In turn: holds, ended, over, of an erased user, begun before the password changed, holds.
      ...sessions.map((session_id, index): [string, ...IdentityEvent[]] => [
        streamId('session', session_id),
        started(session_id, [users[0]!, users[0]!, users[0]!, erased, users[3]!, users[4]!][index]!, index),
        ...(index === 1
          ? [
              {
                type: 'SessionEnded' as const,
                data: { session_id, user_id: users[0]!, reason: 'revoked' as const, at: at(60) },
              },
            ]
          : []),
      ]),
      ...keys.map((api_key_id, index): [string, ...IdentityEvent[]] => [
        streamId('apikey', api_key_id),
        {
          type: 'ApiKeyCreated',
          data: { ...credential(index), api_key_id, expires_at: null, created_at: at(index) },
        },
        ...(index === 1 ? [{ type: 'ApiKeyRevoked' as const, data: { api_key_id, at: at(60) } }] : []),
      ]),
      ...clients.map((client_id, index): [string, ...IdentityEvent[]] => [
        streamId('oauthclient', client_id),
        { type: 'OAuthClientCreated', data: { ...credential(index), client_id, created_at: at(index) } },
        ...(index === 1 ? [{ type: 'OAuthClientRevoked' as const, data: { client_id, at: at(60) } }] : []),
      ]),
      ...secrets.map((secret_id, index): [string, ...IdentityEvent[]] => [
        streamId('secret', secret_id),
        {
          type: 'SecretCreated',
          data: {
            ...{ secret_id, name: `secret ${index}`, category: index < 3 ? 'a' : 'b', description: '' },
            value: `s1.secret-${secret_id}.${'A'.repeat(60)}`,
            expires_at: index === 0 ? null : new Date(NOW + (10 - index) * 1_000).toISOString(),
            created_at: at(index),
          },
        },
        ...(index === 4 ? [{ type: 'SecretDeleted' as const, data: { secret_id, at: at(60) } }] : []),
      ]),
    ];
  }

  function registered(user_id: string, minute: number, role: PersonRole): UserEvent {
    const personal = { email: sealed(user_id), full_name: sealed(user_id), password: sealed(user_id) };
    const data = { ...personal, user_id, role, email_index: digest(user_id), source: 'administration' as const };
    return { type: 'UserRegistered', data: { ...data, registered_at: at(minute) } };
  }
  function started(session_id: string, user_id: string, index: number): SessionEvent {
    const data = { session_id, user_id, credential_version: 1, seed: sealed(user_id), mfa: false };
    const over = index === 2;
    const times = { started_at: at(index), expires_at: new Date(NOW + (over ? -1 : 1)).toISOString() };
    return { type: 'SessionStarted', data: { ...data, ...times, address: null, user_agent: null } };
  }
  function credential(index: number) {
    const owner = { type: 'user' as const, id: users[index < 2 ? 0 : 1]! };
    return { name: `c ${index}`, secret_hash: digest('x'), scopes: ['tasks:read' as const], owner, rate_limit: null };
  }
  async function append(stream_id: string, events: readonly IdentityEvent[]): Promise<void> {
    const outcome = await log.append({
      streams: [
        {
          stream_id,
          expected_version: 0,
          events: events.map(({ type, data }) => ({ type, schema_version: 1, data: CONTRACTS[type].data.parse(data) })),
        },
      ],
      metadata: {
        actor: { type: 'operator', id: 'test' },
        ...{ correlation_id: newId(), causation_id: newId(), command_id: newId() },
      },
      command_hash: '0'.repeat(64),
      result: {},
    });
    if (outcome.kind !== 'appended') throw new Error(JSON.stringify(outcome));
  }

  it('should be rebuilt from position 0 to the same bytes', async () => {
    const admin = database.pool('admin');
    const digests = async () => {
      const found: Record<string, string> = {};
      for (const table of TABLES) {
        const { rows } = await admin.query<{ row: string }>(
          `select t::text as row from read_models.${table} t order by 1`,
        );
        found[table] = `${rows.length} ${digest(rows.map(({ row }) => row).join('\n'))}`;
      }
      return found;
    };
    const live = await digests();
    expect(Object.values(live).map((text) => Number(text.split(' ')[0]))).toEqual([6, 4, 6, 4, 3, 4]);
    for (const projection of PROJECTIONS as Projection[]) {
      await rebuildProjection(projection, { pool: admin, log, schema: 'read_models', batchSize: 1_000 });
    }
    expect(await digests()).toEqual(live);
  });

  it('should hold nothing that opens a door: no password, no seed, no value', async () => {
    for (const table of TABLES.filter((name) => name !== 'user_counters')) {
      const { rows } = await pool.query<{ document: object }>(`select document from read_models.${table}`);
      for (const { document } of rows) {
        expect(Object.keys(document)).not.toEqual(
          expect.arrayContaining([expect.stringMatching(/^(password|seed|value|totp)$/)]),
        );
      }
    }
  });

  it('should list users by status and role, newest first, with the total', async () => {
    const queries = new UserQueries(pool, log);
    const newest = [...users].reverse();
    const listed = async (filter: Partial<Parameters<UserQueries['list']>[0]>) => {
      const { users: found, total } = await queries.list({ ...ALL, ...filter });
      return { found: found.map(({ user_id }) => user_id), total };
    };
    expect(await listed({})).toEqual({ found: newest, total: 6 });
    expect(await listed({ limit: 2, offset: 1 })).toEqual({ found: newest.slice(1, 3), total: 6 });
    expect(await listed({ role: 'admin' })).toEqual({ found: [users[1], users[0]], total: 2 });
    expect(await listed({ role: 'admin', status: 'active' })).toEqual({ found: [users[0]], total: 1 });
    expect(await listed({ status: 'erased' })).toEqual({ found: [users[2]], total: 1 });
    expect(await listed({ role: 'auditor' })).toEqual({ found: [], total: 0 });
    expect(await queries.find(users[2]!)).toMatchObject({ status: 'erased', email_index: null });
    expect(await queries.fresh(users[1]!)).toEqual(await queries.find(users[1]!));
    expect(await queries.find(newId())).toBeUndefined();
  });

  it('should list the sessions that still hold, and no other', async () => {
    const queries = new SessionQueries(pool, { now: () => NOW });
    const { sessions: all, total } = await queries.listActive(ALL);
    expect(all.map(({ session }) => session.session_id)).toEqual([sessions[5], sessions[0]]);
    expect(total).toBe(2);
    expect(all[0]!.user.user_id).toBe(users[4]);
    const own = await queries.listActive({ ...ALL, userId: users[0]! });
    expect(own.sessions.map(({ session }) => session.session_id)).toEqual([sessions[0]]);
    // The control: a moment earlier the third held too, so it is the time that ends it.
    const earlier = new SessionQueries(pool, { now: () => NOW - 2 });
    expect((await earlier.listActive(ALL)).total).toBe(3);
  });

  it('should list credentials by owner, the revoked when they are asked for', async () => {
    const apiKeys = new ApiKeyQueries(pool);
    const shown = async (filter: object) =>
      (await apiKeys.list({ ...ALL, includeRevoked: false, ...filter })).keys.map(({ api_key_id }) => api_key_id);
    expect(await shown({})).toEqual([keys[3], keys[2], keys[0]]);
    expect(await shown({ includeRevoked: true })).toEqual([...keys].reverse());
    expect(await shown({ ownerId: users[0] })).toEqual([keys[0]]);
    const oauth = await new OAuthClientQueries(pool).list({ ...ALL, includeRevoked: false });
    expect(oauth).toMatchObject({ total: 2, clients: [{ client_id: clients[2] }, { client_id: clients[0] }] });
  });

  it('should list secrets by category and by when they expire', async () => {
    const queries = new SecretQueries(pool, log);
    const listed = async (filter: object) =>
      (await queries.list({ ...ALL, ...filter })).secrets.map(({ secret_id }) => secret_id);
    expect(await listed({})).toEqual([secrets[3], secrets[2], secrets[1], secrets[0]]);
    expect(await listed({ category: 'b' })).toEqual([secrets[3]]);
    const expiring = await queries.listExpiring(new Date(NOW + 8_500), 10);
    expect(expiring.map(({ secret_id }) => secret_id)).toEqual([secrets[3], secrets[2]]);
    expect(await queries.find(secrets[4]!)).toBeUndefined();
  });
});
