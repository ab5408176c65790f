import { CLOSE_UNAUTHENTICATED, type Permission } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { eventually, testNats, type TestNats } from '@ao/testing';
import type { FarEnd } from '../../test/far-end.fixture';
import { FakeServices, KEY, SocketSide } from '../../test/task-stream.fixture';
import { AccessTokenSource } from '../access/access-token.source';
import { TestAuthentication, TestIdentity, testDoor, type TestDoor } from '../access/access.testing';
import { apiKeySource } from '../access/api-key.source';
import type { ConnectingAgent } from './task-stream.hub';

const agentOf = (): ConnectingAgent => ({
  agentId: newId(),
  actor: { type: 'api_key', id: 'bootstrap' },
  maxConcurrentTasks: 3,
  heartbeatIntervalSeconds: 30,
});
const agent = agentOf();
const otherAgent = agentOf();
const WITHIN_MS = 2_000;

/** The same door as HTTP's, and what it has to do with sockets that are open already. */
describe('the door of sockets', () => {
  const clock = { later: 0, now: () => Date.now() + clock.later };
  const identity = new TestIdentity();
  const user = newId();
  const session = newId();
  let authentication: TestAuthentication;
  let door: TestDoor;
  let nats: TestNats;
  let services: FakeServices;
  let side: SocketSide;
  const open: FarEnd[] = [];

  beforeAll(async () => {
    nats = await testNats();
    services = await FakeServices.on(nats);
  });
  beforeEach(async () => {
    clock.later = 0;
    authentication = new TestAuthentication();
    authentication.fold(identity.signingKey(), identity.user(user, 'operator'), identity.session(session, user));
    const tokens = new AccessTokenSource(authentication, clock);
    door = testDoor(KEY, authentication, apiKeySource(authentication, clock), tokens);
    side = await SocketSide.start(nats, [agent, otherAgent], 300, door);
  });
  afterEach(async () => {
    for (const opened of open.splice(0)) opened.socket.terminate();
    await side.stop();
  });
  afterAll(async () => {
    await services?.bus.drain();
    await nats?.stop();
  });

  const keyWith = (...scopes: Permission[]) => {
    const made = identity.apiKey(scopes, { type: 'user', id: user });
    authentication.fold(made.fact);
    return made;
  };
  const token = () => identity.sign(identity.userClaims(user, session));
  const connect = (credential: string, { agentId } = agent) => {
    const connected = side.connect(agentId, { headers: { authorization: `Bearer ${credential}` } });
    open.push(connected);
    return connected;
  };
  const refusedWith = (connected: FarEnd) =>
    eventually(() => {
      if (connected.refused === undefined) throw new Error('it was not refused yet');
      return connected.refused;
    });
  const firstMessage = (credential: string) => {
    const connected = side.connect(agent.agentId, { headers: {} });
    open.push(connected);
    connected.socket.once('open', () => connected.send({ type: 'auth', token: credential }));
    return connected;
  };

  it('should let in who may act for agents, by key and by token, in the header and in the first message', async () => {
    const { key } = keyWith('agents:act');
    for (const credential of [KEY, key, await token()]) {
      await connect(credential).frame('welcome');
      await firstMessage(credential).frame('welcome');
    }
    expect(door.refusals).toEqual([]);
  });

  it('rejects before the upgrade who is nobody or may not, and counts it', async () => {
    const { key } = keyWith('agents:read', 'tasks:submit');
    expect(await refusedWith(connect('nonsense'))).toBe(401);
    expect(await refusedWith(connect(identity.apiKey(['agents:act'], { type: 'user', id: user }).key))).toBe(401);
    expect(await refusedWith(connect(key))).toBe(403);
    expect(door.refusals.map(({ kind, code }) => [kind, code])).toEqual([
      ...[
        ['credential', 'unauthenticated'],
        ['credential', 'unauthenticated'],
        ['permission', 'forbidden'],
      ],
    ]);
    authentication.ready = false;
    expect(await refusedWith(connect(KEY))).toBe(503);
    authentication.ready = true;
    authentication.fold(identity.ipRules([], ['127.0.0.1']));
    expect(await refusedWith(connect(KEY))).toBe(403);
  });

  it('rejects in the first message who is nobody or may not', async () => {
    const { key } = keyWith('agents:read');
    for (const credential of ['nonsense', key]) {
      expect(await firstMessage(credential).ended()).toMatchObject({ code: CLOSE_UNAUTHENTICATED });
    }
  });

  it('should lose no frame that comes while a token is verified for the first time', async () => {
    const credential = await token();
    const connected = side.connect(agent.agentId, { headers: {} });
    open.push(connected);
    connected.socket.once('open', () => {
      connected.send({ type: 'auth', token: credential });
      connected.send({ type: 'ping' });
    });
    await connected.frame('welcome');
    await connected.frame('pong');
  });

  it.each([
    ['the key is revoked', (id: string) => authentication.fold(identity.apiKeyEnd(id))],
    ['its owner is disabled', () => authentication.fold(identity.userChange(user, 'UserDisabled'))],
    [
      'its owner may not act for agents any more',
      () =>
        authentication.fold(
          identity.userChange(user, 'UserRoleChanged', { role: 'viewer', previous_role: 'operator' }),
        ),
    ],
    ['its address is blocked', () => authentication.fold(identity.ipRules([], ['127.0.0.1']))],
  ])('should close a socket within 2 s after %s, and no other', async (name, end) => {
    const { key, id } = keyWith('agents:act');
    const other = identity.apiKey(['agents:act'], { type: 'bootstrap', id: 'bootstrap' });
    authentication.fold(other.fact);
    const [closing, staying] = [firstMessage(key), connect(other.key, otherAgent)];
    await staying.frame('welcome');
    await closing.frame('welcome');
    const since = performance.now();
    end(id);
    expect(await closing.ended()).toMatchObject({ code: CLOSE_UNAUTHENTICATED });
    expect(performance.now() - since).toBeLessThan(WITHIN_MS);
    if (name !== 'its address is blocked') expect(staying.closed).toBeUndefined();
  });

  it('should close the socket of a person within 2 s after the session ended, or its token expired', async () => {
    const first = connect(await token());
    await first.frame('welcome');
    const since = performance.now();
    authentication.fold(identity.sessionEnd(session, user));
    expect(await first.ended()).toMatchObject({ code: CLOSE_UNAUTHENTICATED });
    expect(performance.now() - since).toBeLessThan(WITHIN_MS);

    const again = newId();
    authentication.fold(identity.session(again, user));
    const second = connect(await identity.sign(identity.userClaims(user, again)));
    await second.frame('welcome');
    clock.later = 900_000;
    expect(await second.ended()).toMatchObject({ code: CLOSE_UNAUTHENTICATED });
  });
});
