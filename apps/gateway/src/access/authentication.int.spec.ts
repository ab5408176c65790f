import { createEventLog, createSubscriptions, type EventLog, type Subscriptions } from '@ao/event-log';
import { newId } from '@ao/kernel';
import { runProjection } from '@ao/projections';
import { eventually, testDatabase, type TestDatabase } from '@ao/testing';
import { apiKeyProjection } from '../projections/api-keys/api-key.projection';
import { oauthClientProjection } from '../projections/oauth-clients/oauth-client.projection';
import { sessionProjection } from '../projections/sessions/session.projection';
import { userProjection } from '../projections/users/user.projection';
import { TestIdentity } from './access.testing';
import { appendFacts } from './append-facts.testing';
import { Authentication } from './authentication';

/** The view of a replica on a real log: from the read models, from the log alone, and while both move. */
describe('the view of who may do what', () => {
  let database: TestDatabase;
  let log: EventLog;
  const running: Subscriptions[] = [];
  const identity = new TestIdentity();

  beforeEach(async () => {
    database = await testDatabase();
    log = createEventLog({ pool: database.pool('identity') });
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((subscriptions) => subscriptions.stop()));
    await log.close();
    await database.drop();
  });

  function subscriptionsOf(): Subscriptions {
    const subscriptions = createSubscriptions({
      pool: database.pool('gateway'),
      schema: 'read_models',
      pollIntervalMs: 50,
    });
    running.push(subscriptions);
    return subscriptions;
  }
  async function started(): Promise<Authentication> {
    const pool = database.pool('gateway');
    const authentication = new Authentication({
      pool,
      log: createEventLog({ pool }),
      subscriptions: subscriptionsOf(),
      clock: Date,
      defaults: { 'agents.heartbeat_interval_seconds': 7 },
    });
    expect(authentication.ready).toBe(false);
    authentication.start();
    await authentication.started();
    expect(authentication.ready).toBe(true);
    return authentication;
  }
  /** Runs the read models until they show all there is, then stops them. */
  async function model(...projections: Parameters<typeof runProjection>[1][]): Promise<void> {
    const subscriptions = subscriptionsOf();
    const head = await log.head();
    for (const projection of projections) {
      await (await runProjection(subscriptions, projection)).reached(head, 10_000);
    }
    await subscriptions.stop();
  }
  const MODELS = [userProjection, sessionProjection, apiKeyProjection, oauthClientProjection] as Parameters<
    typeof runProjection
  >[1][];

  /** Users with sessions and keys, of which some have ended. */
  async function populate() {
    const [user, gone, live, ended, client, oldClient] = Array.from({ length: 6 }, newId) as [
      ...[string, string, string, string, string, string],
    ];
    const owner = { type: 'user', id: user } as const;
    const [key, revoked] = [identity.apiKey(['tasks:read'], owner), identity.apiKey(['tasks:read'], owner)];
    const expired = identity.apiKey(['tasks:read'], owner, { expires_at: '2020-01-01T00:00:00.000Z' });
    await appendFacts(
      log,
      ...[identity.signingKey(), identity.user(user, 'viewer'), identity.user(gone, 'admin')],
      ...[identity.session(live, user, { credential_version: 2 }), identity.session(ended, user)],
      ...[key.fact, revoked.fact, expired.fact, identity.client(client, ['tasks:read'], owner)],
      identity.client(oldClient, ['tasks:read'], owner),
    );
    await appendFacts(
      log,
      ...[identity.userChange(user, 'UserPasswordChanged', { password: 's1.installation.' + 'A'.repeat(40) })],
      ...[identity.userChange(gone, 'UserErased'), identity.sessionEnd(ended, user)],
      ...[identity.apiKeyEnd(revoked.id), identity.clientEnd(oldClient)],
    );
    return { user, gone, live, ended, client, oldClient, key, revoked, expired };
  }
  function expectOnlyTheLiving({ view }: Authentication, there: Awaited<ReturnType<typeof populate>>): void {
    expect(view.user(there.user)).toMatchObject({ role: 'viewer', status: 'active', credential_version: 2 });
    expect(view.session(there.live)).toMatchObject({ userId: there.user, credentialVersion: 2 });
    expect(view.apiKey(there.key.id)).toMatchObject({ scopes: ['tasks:read'] });
    expect(view.client(there.client)).toBeDefined();
    expect(view.signingKey(identity.kid)).toBeDefined();
    expect(view.size).toEqual({ users: 1, sessions: 1, apiKeys: 1, clients: 1 });
    // Nothing that is personal, not even sealed.
    expect(JSON.stringify(view.user(there.user))).not.toContain('s1.');
  }

  it('should be the same from the log alone, from the read models, and from models that stopped on the way', async () => {
    const there = await populate();
    expectOnlyTheLiving(await started(), there);
    await model(userProjection as (typeof MODELS)[number]);
    expectOnlyTheLiving(await started(), there);
    await model(...MODELS);
    expectOnlyTheLiving(await started(), there);
    await appendFacts(
      log,
      identity.userChange(there.user, 'UserPasswordChanged', { password: 's1.installation.' + 'A'.repeat(40) }),
    );
    await model(userProjection as (typeof MODELS)[number]);
    const view = (await started()).view;
    expect(view.user(there.user)?.credential_version).toBe(3);
    expect(view.size.sessions).toBe(0);
  });

  it('should take nothing from a model that has parked an event', async () => {
    const there = await populate();
    await model(...MODELS);
    const admin = database.pool();
    await admin.query(`update read_models.users set document = '{"user_id":"x","status":"active"}'`);
    await admin.query(
      `insert into read_models.parked_events (subscription, position, stream_id, type) values ('users', 1, 'user-x', 'X')`,
    );
    expectOnlyTheLiving(await started(), there);
  });

  it('should follow what happens, tell of it, and fold nothing twice', async () => {
    const there = await populate();
    const authentication = await started();
    expect(authentication.settings['agents.heartbeat_interval_seconds']).toBe(7);
    let changes = 0;
    authentication.onChange(() => (changes += 1));
    await appendFacts(
      log,
      identity.apiKeyEnd(there.key.id),
      identity.ipRules([], ['10.0.0.0/8']),
      identity.setting('general.installation_name', 'Plant 7'),
      identity.setting('agents.heartbeat_interval_seconds', 3),
    );
    await authentication.caughtUp();
    expect(authentication.view.apiKey(there.key.id)).toBeUndefined();
    expect(authentication.view.permits('10.1.1.1')).toBe(false);
    expect(authentication.settings).toMatchObject({
      ...{ 'general.installation_name': 'Plant 7', 'agents.heartbeat_interval_seconds': 3, 'tasks.lease_seconds': 60 },
    });
    await eventually(() => expect(changes).toBeGreaterThan(0));
    const before = authentication.view.user(there.user)?.credential_version;
    for (const event of await log.read({})) authentication.view.fold(event);
    expect(authentication.view.user(there.user)?.credential_version).toBe(before);
    expect(authentication.view.session(there.ended)).toBeUndefined();
  });

  it('should look at the log a bounded number of times, however many wait', async () => {
    const authentication = await started();
    let looks = 0;
    const options = (authentication as unknown as { options: { log: { head(): Promise<number> } } }).options;
    const head = options.log.head.bind(options.log);
    options.log.head = () => ((looks += 1), head());
    await Promise.all(Array.from({ length: 1_000 }, () => authentication.caughtUp()));
    expect(looks).toBeLessThanOrEqual(2);
    // One after the other they are as few.
    const since = performance.now();
    for (let n = 0; n < 10; n += 1) await authentication.caughtUp();
    expect(looks).toBeLessThanOrEqual(2 + Math.ceil((performance.now() - since) / 25) + 1);
  });

  it('should drop what time has ended', async () => {
    const there = await populate();
    const { view } = await started();
    view.sweep(Date.now() + 3_600_001);
    expect(view.size).toMatchObject({ sessions: 0, users: 1 });
    expect(view.session(there.live)).toBeUndefined();
  });
});
