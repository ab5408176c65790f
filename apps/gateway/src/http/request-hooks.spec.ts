import { DEFAULT_SECURITY_SETTINGS } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessTokenSource } from '../access/access-token.source';
import { TestAuthentication, TestIdentity, testDoor, type TestDoor } from '../access/access.testing';
import { apiKeySource } from '../access/api-key.source';
import { clientAddress } from '../access/client-address';
import type { Limiter } from '../limits/limiter';
import { Access } from './access';
import { CurrentCall, type Call } from './call';
import { createFastifyAdapter } from './fastify-server';
import { Problem } from './problem';
import { ProblemFilter } from './problem.filter';
import { RouteTable } from './route-table';

const KEY = 'a-key-for-this-test';

@Controller()
class RoutesController {
  @Get('open')
  @Access('public')
  open(@CurrentCall() call: Call): object {
    return call.actor;
  }

  @Get('tasks')
  @Access('tasks:read')
  tasks(@CurrentCall() { actor, address, idempotentCommandId }: Call): object {
    return { ...actor, address, idempotentCommandId };
  }

  @Post('login')
  @Access('public')
  login(): object {
    return {};
  }

  @Get('profile')
  @Access('profile:own')
  profile(): object {
    return {};
  }

  @Get('agents')
  @Access('agents:read', 'coordinator')
  agents(@CurrentCall() call: Call): object {
    return call.actor;
  }

  @Get('users')
  @Access('users:manage', 'coordinator')
  users(): object {
    return {};
  }
}

@Module({ controllers: [RoutesController], providers: [ProblemFilter] })
class RoutesModule {}

describe('the guard of every route', () => {
  const clock = { now: () => Date.now() };
  const identity = new TestIdentity();
  let authentication: TestAuthentication;
  let door: TestDoor;
  let open: boolean;
  let app: NestFastifyApplication;
  const doorkeeper = {
    routes: new RouteTable(),
    get coordinatorOpen() {
      return open;
    },
    get door() {
      return door;
    },
  };

  beforeAll(async () => {
    authentication = new TestAuthentication();
    door = testDoor(KEY, authentication);
    app = await NestFactory.create<NestFastifyApplication>(RoutesModule, createFastifyAdapter(doorkeeper), {
      logger: false,
    });
    app.useGlobalFilters(new ProblemFilter());
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  beforeEach(() => {
    open = false;
    authentication = new TestAuthentication();
    authentication.fold(identity.signingKey());
    door = testDoor(
      KEY,
      authentication,
      apiKeySource(authentication, clock),
      new AccessTokenSource(authentication, clock),
    );
  });
  afterAll(() => app?.close());

  const ask = async (
    url: string,
    token?: string,
    headers: Record<string, string> = {},
    method: 'GET' | 'POST' = 'GET',
  ) => {
    const answer = await app.inject({
      ...{ method, url },
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    });
    return { status: answer.statusCode, headers: answer.headers, body: answer.json<Record<string, unknown>>() };
  };
  const keyWith = (...scopes: Parameters<TestIdentity['apiKey']>[0]) => {
    const { fact, key } = identity.apiKey(scopes, { type: 'bootstrap', id: 'bootstrap' });
    authentication.fold(fact);
    return key;
  };

  it('should ask for a credential, and say what a valid one lacks', async () => {
    expect(await ask('/tasks')).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(await ask('/tasks', 'nonsense')).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(await ask('/tasks', keyWith('agents:read'))).toMatchObject({
      status: 403,
      body: { code: 'forbidden', permission: 'tasks:read', detail: expect.stringContaining('tasks:read') },
    });
    expect(await ask('/tasks', keyWith('tasks:read'))).toMatchObject({ status: 200, body: { type: 'api_key' } });
    expect(await ask('/tasks', KEY)).toMatchObject({ status: 200, body: { type: 'api_key', id: 'bootstrap' } });
  });

  it('should let nobody but a person at what is a person’s own', async () => {
    const [user, session] = [newId(), newId()];
    authentication.fold(identity.user(user, 'viewer'), identity.session(session, user));
    const token = await identity.sign(identity.userClaims(user, session));
    expect((await ask('/profile', token)).status).toBe(200);
    expect((await ask('/profile', KEY)).status).toBe(403);
    authentication.fold(identity.security({ ...DEFAULT_SECURITY_SETTINGS, mfa_required_roles: ['viewer'] }));
    expect((await ask('/profile', token)).status).toBe(200);
    expect((await ask('/tasks', token)).status).toBe(403);
  });

  it('should look at no credential on a public route', async () => {
    for (const token of [undefined, 'nonsense', KEY]) {
      expect(await ask('/open', token)).toMatchObject({ status: 200, body: { type: 'anonymous', id: 'anonymous' } });
    }
    expect(door.refusals).toEqual([]);
  });

  it('should open the coordinator’s routes to nobody in particular, as far as an operator may', async () => {
    expect((await ask('/agents')).status).toBe(401);
    open = true;
    expect(await ask('/agents')).toMatchObject({ status: 200, body: { id: 'open-coordinator' } });
    expect((await ask('/users')).status).toBe(403);
    expect((await ask('/tasks')).status).toBe(401);
    expect((await ask('/agents', 'nonsense')).status).toBe(401);
    expect((await ask('/agents', undefined, { origin: 'https://evil.example' })).status).toBe(403);
    door = { ...door, addressOf: clientAddress(['127.0.0.1']) };
    expect((await ask('/agents', undefined, { 'x-forwarded-for': '203.0.113.5' })).status).toBe(403);
    expect((await ask('/agents', undefined, { 'x-forwarded-for': '127.0.0.1' })).status).toBe(200);
  });

  it('should judge nobody before it knows who may what', async () => {
    authentication.ready = false;
    for (const token of [undefined, 'nonsense', KEY, keyWith('tasks:read')]) {
      expect(await ask('/tasks', token)).toMatchObject({ status: 503, body: { code: 'not_ready' } });
    }
    expect((await ask('/login', undefined, {}, 'POST')).status).toBe(503);
    expect((await ask('/open')).status).toBe(200);
    authentication.ready = true;
    expect((await ask('/tasks', KEY)).status).toBe(200);
  });

  it('should keep blocked addresses out of everything, whatever they show', async () => {
    authentication.fold(identity.ipRules([], ['127.0.0.0/8']));
    for (const url of ['/tasks', '/open', '/nothing']) {
      expect(await ask(url, KEY, { 'x-forwarded-for': '203.0.113.5' })).toMatchObject({
        status: 403,
        body: { code: 'address_blocked' },
      });
    }
    authentication.fold(identity.ipRules(['127.0.0.1'], []));
    expect((await ask('/tasks', KEY)).status).toBe(200);
    authentication.fold(identity.ipRules(['203.0.113.0/24'], []));
    expect((await ask('/tasks', KEY)).status).toBe(403);
    door = { ...door, addressOf: clientAddress(['127.0.0.1']) };
    const behind = await ask('/tasks', KEY, { 'x-forwarded-for': '203.0.113.5' });
    expect(behind).toMatchObject({ status: 200, body: { address: '203.0.113.5' } });
  });

  it.each([
    'x-user-id',
    'x-forwarded-user',
    'x-role',
    'x-forwarded-for',
    'x-forwarded-client-cert',
    'x-ssl-client-cert',
  ])('should not believe %s', async (header) => {
    expect((await ask('/tasks', undefined, { [header]: 'admin' })).status).toBe(401);
    const told = await ask('/tasks', KEY, { [header]: '203.0.113.5' });
    expect(told.body).toEqual({ type: 'api_key', id: 'bootstrap', address: '127.0.0.1' });
  });

  it('should count what it refuses, and not that nobody showed anything', async () => {
    await ask('/tasks');
    expect(door.refusals).toEqual([]);
    await ask('/tasks', 'nonsense');
    const [user, session] = [newId(), newId()];
    authentication.fold(identity.user(user, 'viewer'), identity.session(session, user));
    await ask('/users', await identity.sign(identity.userClaims(user, session)));
    expect(door.refusals).toEqual([
      {
        ...{ kind: 'credential', code: 'unauthenticated', route: 'GET /tasks', address: '127.0.0.1' },
        ...{ permission: null, principal: null },
      },
      {
        ...{ kind: 'permission', code: 'forbidden', route: 'GET /users', address: '127.0.0.1' },
        ...{ permission: 'users:manage', principal: { type: 'user', id: user } },
      },
    ]);
  });

  it('should ask the limiter once it knows who calls, or that it is nobody, and count its refusals', async () => {
    const judged: string[] = [];
    const limiter: Limiter = {
      judge({ principal, address }) {
        judged.push(`${principal.actor.id} ${address}`);
        if (judged.length > 3) throw new Problem(429, 'rate_limited', 'Too many', { headers: { 'retry-after': '7' } });
      },
    };
    door = { ...door, limiter };
    expect((await ask('/tasks', 'nonsense')).status).toBe(401);
    expect((await ask('/tasks', KEY)).status).toBe(200);
    expect((await ask('/open')).status).toBe(200);
    expect(await ask('/tasks', KEY)).toMatchObject({ status: 429, headers: { 'retry-after': '7' } });
    const [stranger, operator] = ['anonymous 127.0.0.1', 'bootstrap 127.0.0.1'];
    expect(judged).toEqual([stranger, operator, stranger, operator]);
    // Guessing ends, too.
    expect((await ask('/tasks', 'nonsense')).status).toBe(429);
    expect(door.refusals.map(({ kind }) => kind)).toEqual(['credential', 'rate_limit', 'rate_limit']);
  });
});
