import { CLOSE_UNAUTHENTICATED, type Permission } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { eventually } from '@ao/testing';
import {
  KEY,
  ListeningSide,
  activated,
  completed,
  notified,
  raised,
  type Listener,
} from '../../test/event-hub.fixture';
import { AccessTokenSource } from '../access/access-token.source';
import { TestAuthentication, TestIdentity, testDoor, type TestDoor } from '../access/access.testing';
import { apiKeySource } from '../access/api-key.source';

const PATHS = ['/v1/ws', '/api/v1/ws', '/ws'];
const WITHIN_MS = 2_000;

/** Who may listen, to what, and for how long. */
describe('the door of listeners', () => {
  const identity = new TestIdentity();
  const [user, session] = [newId(), newId()];
  let authentication: TestAuthentication;
  let door: TestDoor;
  let side: ListeningSide;
  const open: Listener[] = [];

  beforeAll(async () => {
    authentication = new TestAuthentication();
    const clock = { now: () => Date.now() };
    door = testDoor(
      KEY,
      authentication,
      apiKeySource(authentication, clock),
      new AccessTokenSource(authentication, clock),
    );
    side = await ListeningSide.start({ door, authenticateWithinMs: 200 });
  });
  beforeEach(() => {
    door.refusals.length = 0;
    authentication.fold(identity.signingKey(), identity.user(user, 'operator'), identity.session(session, user));
  });
  afterEach(() => {
    for (const { socket } of open.splice(0)) socket.terminate();
    expect(side.errors).toEqual([]);
  });
  afterAll(() => side?.stop());

  const listen = (path = '/api/v1/ws', token?: string) => {
    const listener = side.listen(path, token === undefined ? {} : { authorization: `Bearer ${token}` });
    open.push(listener);
    return listener;
  };
  const keyWith = (...scopes: Permission[]) => {
    const made = identity.apiKey(scopes, { type: 'user', id: user });
    authentication.fold(made.fact);
    return made;
  };
  const token = () => identity.sign(identity.userClaims(user, session));

  it.each(PATHS)('should let in at %s whoever is known: by header, by query, by the first message', async (path) => {
    for (const credential of [KEY, keyWith('tasks:read').key, await token()]) {
      const byMessage = listen(path);
      await byMessage.says({ type: 'auth', token: credential }, { type: 'ping' });
      for (const listener of [listen(path, credential), listen(`${path}?token=${credential}`), byMessage]) {
        expect(await listener.frame('authenticated')).toMatchObject({ position: side.hub.position });
      }
      await byMessage.frame('pong');
    }
    expect(door.refusals).toEqual([]);
  });

  it('rejects who is nobody: before the upgrade, or by closing with 4401', async () => {
    for (const path of PATHS) {
      for (const listener of [listen(path, 'nonsense'), listen(`${path}?token=nonsense`)]) {
        await eventually(() => expect(listener.refused).toBe(401));
      }
      for (const first of [{ type: 'auth', token: 'nonsense' }, { type: 'ping' }, 'no json']) {
        const listener = listen(path);
        await listener.says(first);
        expect(await listener.ended()).toMatchObject({ code: CLOSE_UNAUTHENTICATED });
      }
      expect(await listen(path).ended()).toEqual({ code: CLOSE_UNAUTHENTICATED, reason: 'no credential came in time' });
    }
    expect(door.refusals.map(({ kind, route }) => [kind, route]).slice(0, 1)).toEqual([['credential', 'GET /v1/ws']]);
  });

  it('should tell of a pattern what is permitted, and refuse a name that is not', async () => {
    const listener = listen('/api/v1/ws', keyWith('tasks:read').key);
    expect(await listener.frame('authenticated')).toMatchObject({
      events: ['task.created', 'task.updated', 'task.completed', 'task.failed'],
    });
    expect(await listener.subscribes({ id: '1', event: 'agent.status' })).toMatchObject({
      ...{ type: 'error', id: '1', status: 403, code: 'forbidden', permission: 'agents:read' },
    });
    expect(
      await listener.subscribes({ subscriptions: [{ event: 'task.failed' }, { event: 'worker.*' }] }),
    ).toMatchObject({
      ...{ code: 'forbidden', permission: 'workers:read' },
    });
    await listener.subscribes({ event: '*' });
    await side.happens(activated(newId()), raised(newId()));
    const last = await side.happens(completed(newId()));
    await eventually(() => expect(listener.positions).toEqual([last]));
  });

  it('should tell a notification to its own person, and to the keys of that person', async () => {
    const [person, ofKey, withoutScope] = [
      listen('/api/v1/ws', await token()),
      listen('/v1/ws', keyWith('notifications:own').key),
      listen('/api/v1/ws', keyWith('tasks:read').key),
    ];
    await person.subscribes({ event: 'notification' });
    await ofKey.subscribes({ channel: 'system_events' });
    await withoutScope.subscribes({ event: '*' });
    await side.happens(notified(newId(), newId()));
    const own = await side.happens(notified(newId(), user));
    const last = await side.happens(completed(newId()));
    await eventually(() => expect(withoutScope.positions).toEqual([last]));
    await eventually(() => expect(person.positions).toEqual([own]));
    await eventually(() => expect(ofKey.of('notification')).toMatchObject([{ position: own }]));
  });

  it('rejects what is meant for single persons to who is nobody in particular, and tells it of the rest', async () => {
    for (const event of ['notification', 'message.new']) {
      const listener = listen('/api/v1/ws', KEY);
      expect(await listener.frame('authenticated')).toMatchObject({
        events: expect.not.arrayContaining([event]) as string[],
      });
      expect(await listener.subscribes({ event })).toMatchObject({ type: 'error', status: 403, code: 'forbidden' });
      expect(await listener.subscribes({ event: '*' })).toMatchObject({ type: 'subscribed' });
    }
    const person = listen('/api/v1/ws', await token());
    expect(await person.frame('authenticated')).toMatchObject({
      events: expect.arrayContaining(['notification', 'message.new']) as string[],
    });
  });

  it('should go by another credential of the same caller, and by no other', async () => {
    const listener = listen('/api/v1/ws', await token());
    await listener.frame('authenticated');
    await listener.says({ type: 'auth', id: 'again', token: await token() });
    await eventually(() => expect(listener.of('authenticated')).toHaveLength(2));
    expect(listener.of('authenticated')[1]).toMatchObject({ id: 'again', position: side.hub.position });
    await listener.says({ type: 'auth', id: 1, token: KEY }, { type: 'auth', id: 2, token: 'nonsense' });
    await listener.says({ type: 'auth', id: 3 }, { type: 'ping' });
    await listener.frame('pong');
    expect(listener.of('error')).toMatchObject([
      { id: 1, status: 409, code: 'already_authenticated' },
      { id: 2, status: 401, code: 'unauthenticated' },
      { id: 3, status: 422, errors: [{ pointer: '/token' }] },
    ]);
    expect(door.refusals.map(({ kind }) => kind)).toEqual(['credential']);
    expect(await listener.subscribes({ event: 'task.*' })).toMatchObject({ type: 'subscribed' });
  });

  it('should let an agent listen to what its role may, of single agents to itself alone', async () => {
    const agentId = newId();
    const serial = 'ab'.repeat(16);
    const principal = { kind: 'agent', actor: { type: 'agent', id: agentId } } as const;
    const source = {
      recognises: (text: string) => text === serial,
      prove: () => () => ({ ...principal, permissions: new Set<Permission>(['agents:read', 'tasks:read']) }),
    };
    const own = await ListeningSide.start({ door: testDoor(KEY, authentication, source) });
    const listener = own.listen('/api/v1/ws', { authorization: `Bearer ${serial}` });
    open.push(listener);
    expect(await listener.subscribes({ event: '*', agent_id: agentId })).toMatchObject({ type: 'subscribed' });
    expect(await listener.subscribes({ event: '*', agent_id: newId() })).toMatchObject({ code: 'forbidden' });
    expect(await listener.subscribes({ event: 'system.alert' })).toMatchObject({ code: 'forbidden' });
    listener.socket.terminate();
    await own.stop();
  });

  it.each([
    ['the key is revoked', (id: string) => authentication.fold(identity.apiKeyEnd(id))],
    ['its owner is disabled', () => authentication.fold(identity.userChange(user, 'UserDisabled'))],
    ['its address is blocked', () => authentication.fold(identity.ipRules([], ['127.0.0.1']))],
  ])('should close a socket within 2 s after %s, and tell it nothing more', async (name, end) => {
    const { key, id } = keyWith('tasks:read');
    const [closing, staying] = [listen('/ws', key), listen('/ws', KEY)];
    await closing.subscribes({ event: '*' });
    await staying.subscribes({ event: '*' });
    const since = performance.now();
    end(id);
    expect(await closing.ended()).toMatchObject({ code: CLOSE_UNAUTHENTICATED });
    expect(performance.now() - since).toBeLessThan(WITHIN_MS);
    if (name !== 'its address is blocked') {
      const last = await side.happens(completed(newId()));
      await eventually(() => expect(staying.positions).toEqual([last]));
      expect(closing.positions).toEqual([]);
    } else authentication.fold(identity.ipRules([], []));
    authentication.view = new TestAuthentication().view;
  });

  it('should tell less when less is permitted, and say so', async () => {
    const listener = listen('/ws', keyWith('tasks:read', 'agents:read', 'webhooks:manage').key);
    const mine = listen('/ws', await token());
    await listener.subscribes({ event: 'task.completed' });
    await mine.subscribes({ event: 'system.alert' });
    // Who has to set up MFA first may do nothing else.
    authentication.fold(identity.security({ mfa_required_roles: ['operator'] }));
    for (const each of [listener, mine]) {
      expect(await each.frame('error')).toMatchObject({ status: 403, code: 'forbidden' });
    }
    await side.tells(await side.happens(completed(newId()), raised(newId())));
    await listener.says({ type: 'ping' });
    await listener.frame('pong');
    expect([listener.positions, mine.positions]).toEqual([[], []]);
  });
});
