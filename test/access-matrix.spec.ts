import 'reflect-metadata';
import { PERMISSIONS, PersonRole, ROLE_PERMISSIONS, SCOPES, type Permission } from '@ao/contracts';
import { createEventLog, type EventLog } from '@ao/event-log';
import { newId } from '@ao/kernel';
import { eventually, testStack, type TestStack } from '@ao/testing';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { TestIdentity } from '../apps/gateway/src/access/access.testing';
import { appendFacts } from '../apps/gateway/src/access/append-facts.testing';
import { Authentication } from '../apps/gateway/src/access/authentication';
import { OpenApiDocument } from '../apps/gateway/src/faces/docs.controller';
import { operationsOf } from '../apps/gateway/src/faces/openapi-operations';
import { SUMMARIES } from '../apps/gateway/src/faces/summaries/all';
import { gatewayConfig } from '../apps/gateway/src/gateway.config';
import { gatewayHttp } from '../apps/gateway/src/gateway.http';
import { GatewayHttpModule } from '../apps/gateway/src/gateway.module';
import { Access } from '../apps/gateway/src/http/access';
import { RouteTable, type ServedRoute } from '../apps/gateway/src/http/route-table';

/** A route that somebody adds: nothing here names it, and the matrix has it. */
@Controller()
class AddedController {
  @Get('added/:id')
  @Access('audit:read')
  added(): string {
    return '';
  }
}

@Module({ imports: [GatewayHttpModule], controllers: [AddedController] })
class GatewayAndMore {}

/** Answers in place of every handler: what is asked here is who gets as far as that. */
const PASSED = 299;

interface Credential {
  readonly name: string;
  /** Undefined: none is sent. */
  readonly token: string | undefined;
  /** What it may do; undefined: it is no valid one. */
  readonly permissions: ReadonlySet<Permission> | undefined;
}

/** Every route that is served x every kind of caller: 401, 403 or neither, as the one table of roles says. */
describe('who may call what', () => {
  const identity = new TestIdentity();
  const routes = new RouteTable();
  const before = { ...process.env };
  let stack: TestStack;
  let log: EventLog;
  let app: NestFastifyApplication;
  let credentials: Credential[];

  beforeAll(async () => {
    stack = await testStack({ services: [] });
    log = createEventLog({ pool: stack.database.pool('identity') });
    Object.assign(process.env, stack.environmentOf('gateway'), { COORDINATOR_OPEN: 'false' });
    const http = gatewayHttp(routes);
    const config = gatewayConfig.parse(process.env) as Parameters<typeof http.adapter>[0];
    const adapter = http.adapter(config, undefined as never);
    (adapter.getInstance() as FastifyInstance).addHook('preHandler', (_request, reply) => {
      void reply.code(PASSED).send('passed');
    });
    app = await NestFactory.create<NestFastifyApplication>(GatewayAndMore, adapter, { logger: false });
    await http.configure?.(app, config);
    credentials = await makeCredentials();
    await app.init();
    await adapter.getInstance().ready();
    await eventually(() => expect(app.get(Authentication).ready).toBe(true));
  });
  afterAll(async () => {
    await app?.close();
    await log?.close();
    await stack?.stop();
    process.env = before;
  });

  async function makeCredentials(): Promise<Credential[]> {
    const persons = PersonRole.options.map((role) => ({ role, id: newId(), session: newId() }));
    const [disabled, disabledSession, ended, erased, erasedSession] = Array.from({ length: 5 }, newId) as [
      ...[string, string, string, string, string],
    ];
    const admin = persons.find(({ role }) => role === 'admin')!;
    const viewer = persons.find(({ role }) => role === 'viewer')!;
    const owner = { type: 'user', id: admin.id } as const;
    const past = { expires_at: '2020-01-01T00:00:00.000Z' };
    const [all, expired, revoked] = [{}, past, {}].map((more) => identity.apiKey([...SCOPES], owner, more)) as [
      ...Record<0 | 1 | 2, ReturnType<TestIdentity['apiKey']>>[0][],
    ];
    const ofDisabled = identity.apiKey([...SCOPES], { type: 'user', id: disabled });
    const ofViewer = identity.apiKey([...SCOPES], { type: 'user', id: viewer.id });
    const ofBootstrap = identity.apiKey([...SCOPES], { type: 'bootstrap', id: 'bootstrap' });
    const single = SCOPES.map((scope) => ({ scope, ...identity.apiKey([scope], owner) }));
    const lacking = SCOPES.map((scope) => ({
      scope,
      ...identity.apiKey(
        SCOPES.filter((other) => other !== scope),
        owner,
      ),
    }));
    const [client, oldClient] = [newId(), newId()];
    const sealed = `s1.installation.${'A'.repeat(40)}`;
    await appendFacts(
      log,
      // More requests than a limit would let through.
      identity.setting('rate_limits.requests_per_hour', 100_000_000),
      identity.setting('rate_limits.requests_per_minute', 10_000_000),
      ...[identity.signingKey(), identity.user(disabled, 'admin'), identity.user(erased, 'admin')],
      ...[identity.session(disabledSession, disabled), identity.session(erasedSession, erased)],
      ...persons.flatMap(({ role, id, session }) => [identity.user(id, role), identity.session(session, id)]),
      ...[identity.session(ended, admin.id), identity.client(client, ['tasks:read', 'users:manage'], owner)],
      identity.client(oldClient, [...SCOPES], owner),
      ...[all!, expired!, revoked!, ofDisabled, ofViewer, ofBootstrap, ...single, ...lacking].map(({ fact }) => fact),
    );
    await appendFacts(
      log,
      ...[identity.apiKeyEnd(revoked!.id), identity.sessionEnd(ended, admin.id), identity.clientEnd(oldClient)],
      ...[
        identity.userChange(disabled, 'UserDisabled'),
        identity.userChange(erased, 'UserErased', { password: sealed }),
      ],
    );
    const token = (user: string, session: string, more: object = {}) =>
      identity.sign({ ...identity.userClaims(user, session), ...more });
    const now = Math.floor(Date.now() / 1000);
    const forger = new TestIdentity();
    const nobody = (name: string, bad: string | undefined): Credential => ({
      name,
      token: bad,
      permissions: undefined,
    });
    return [
      nobody('no credential', undefined),
      nobody('garbage', 'garbage'),
      nobody('a key that nobody has', forger.apiKey([...SCOPES], owner).key),
      nobody('an expired key', expired!.key),
      nobody('a revoked key', revoked!.key),
      nobody('a key of a disabled user', ofDisabled.key),
      nobody('the secret of another key', `${all!.key.slice(0, 41)}${revoked!.key.slice(41)}`),
      nobody('a token of an ended session', await token(admin.id, ended)),
      nobody('a token of a disabled user', await token(disabled, disabledSession)),
      nobody('a token of an erased user', await token(erased, erasedSession)),
      nobody('an expired token', await token(admin.id, admin.session, { iat: now - 901, exp: now - 1 })),
      nobody('somebody else’s session', await token(admin.id, viewer.session)),
      nobody('a forged token', await forger.sign(forger.userClaims(admin.id, admin.session), { kid: identity.kid })),
      nobody('a token of a revoked client', await identity.sign(identity.clientClaims(oldClient, [...SCOPES]))),
      { name: 'the bootstrap key', token: stack.apiKey, permissions: new Set(SCOPES) },
      { name: 'a key with every scope', token: all!.key, permissions: new Set(SCOPES) },
      { name: 'a key of the bootstrap key', token: ofBootstrap.key, permissions: new Set(SCOPES) },
      {
        name: 'a key with every scope, of a viewer',
        token: ofViewer.key,
        permissions: new Set(SCOPES.filter((scope) => ROLE_PERMISSIONS.viewer.has(scope))),
      },
      {
        name: 'a client that has more scopes than its token',
        token: await identity.sign(identity.clientClaims(client, ['tasks:read'])),
        permissions: new Set<Permission>(['tasks:read']),
      },
      ...(await Promise.all(
        persons.map(async ({ role, id, session }) => ({
          ...{ name: `role ${role}`, token: await token(id, session), permissions: ROLE_PERMISSIONS[role] },
        })),
      )),
      ...single.map(({ scope, key }) => ({
        ...{ name: `a key with ${scope} alone`, token: key, permissions: new Set<Permission>([scope]) },
      })),
      ...lacking.map(({ scope, key }) => ({
        name: `a key without ${scope}`,
        token: key,
        permissions: new Set<Permission>(SCOPES.filter((other) => other !== scope)),
      })),
    ];
  }

  const expected = ({ access }: ServedRoute, { token, permissions }: Credential): number => {
    const looksAt = access?.optional && token !== undefined;
    if (access?.permission === 'public') return looksAt && !permissions ? 401 : PASSED;
    if (!permissions) return 401;
    const enough = [access?.permission, access?.or].some((permission) => permission && permissions.has(permission));
    return enough ? PASSED : 403;
  };
  const called = new Set<string>();
  const ask = async (
    { method, pattern }: ServedRoute,
    token: string | undefined,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: string }> => {
    called.add(`${method} ${pattern}`);
    const answer = await app.inject({
      method: method as 'GET',
      url: pattern.replaceAll(/:[A-Za-z_]+/g, newId()),
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    });
    return { status: answer.statusCode, body: answer.body };
  };
  const outcomes: Record<number, number> = {};
  /** All routes at once: those who come with a credential that is not known then wait for one look at the log together. */
  async function wrongAnswers(of: readonly Credential[], headers: Record<string, string> = {}): Promise<string[]> {
    const wrong: string[] = [];
    for (const credential of of) {
      const answers = routes
        .rules()
        .map(async (route) => ({ route, status: (await ask(route, credential.token, headers)).status }));
      for (const { route, status } of await Promise.all(answers)) {
        outcomes[status] = (outcomes[status] ?? 0) + 1;
        const right = expected(route, credential);
        if (status !== right) {
          wrong.push(`${route.method} ${route.pattern} with ${credential.name}: ${status} instead of ${right}`);
        }
      }
    }
    return wrong;
  }

  it('should be as the table of roles and the scopes say, on every route', async () => {
    expect(await wrongAnswers(credentials)).toEqual([]);
  });

  it('should have been asked of every route that is served, a new one too', () => {
    expect([...called].sort()).toEqual(routes.all());
    expect(called).toContain('GET /added/:id');
    const documented = Object.entries(app.get(OpenApiDocument).get().paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(documented.filter((route) => !called.has(route))).toEqual([]);
    // Every way it can go was seen, so that a door that is always open or always shut would be noticed.
    for (const status of [PASSED, 401, 403]) expect(outcomes[status]).toBeGreaterThan(100);
  });

  it('should have said of every operation what it is for, in faces/summaries, and of nothing else', () => {
    const operations = operationsOf(app.get(OpenApiDocument).get()).filter(({ key }) => key !== 'GET /added/{id}');
    expect(operations.filter(({ operation }) => !operation.summary).map(({ key }) => key)).toEqual([]);
    const served = new Set(operations.map(({ key }) => key));
    expect(Object.keys(SUMMARIES).filter((key) => !served.has(key))).toEqual([]);
    expect(operations.find(({ key }) => key === 'POST /v1/tasks')!.operation).toMatchObject({
      ...{ summary: SUMMARIES['POST /v1/tasks'], description: 'Needs the permission `tasks:submit`.' },
    });
  });

  it('should be asked with credentials that tell every permission apart', () => {
    for (const permission of PERMISSIONS) {
      const having = credentials.filter(({ permissions }) => permissions?.has(permission));
      const lacking = credentials.filter(({ permissions }) => permissions && !permissions.has(permission));
      expect([permission, having.length > 0, lacking.length > 0]).toEqual([permission, true, true]);
    }
  });

  it('should say of a credential that lacks it which permission a route needs, and of a bad one nothing', async () => {
    const [bad, viewer] = [credentials[1]!, credentials.find(({ name }) => name === 'role viewer')!];
    const closed = routes.rules().filter((each) => each.method !== 'HEAD' && each.access?.permission !== 'public');
    for (const { body } of await Promise.all(closed.map((route) => ask(route, bad.token)))) {
      expect(JSON.parse(body)).toMatchObject({ code: 'unauthenticated' });
    }
    for (const route of closed) {
      const { permission, or = permission } = route.access!;
      if (viewer.permissions?.has(permission as Permission) || viewer.permissions?.has(or as Permission)) continue;
      expect(JSON.parse((await ask(route, viewer.token)).body)).toMatchObject({
        ...{ code: 'forbidden', permission: route.access!.permission },
      });
    }
  });

  it.each([
    ...[
      { 'x-user-id': '1' },
      { 'x-forwarded-user': 'admin' },
      { 'x-role': 'admin' },
      { 'x-forwarded-for': '127.0.0.1' },
    ],
    ...[{ forwarded: 'for=127.0.0.1' }, { 'x-forwarded-client-cert': 'By=spiffe://x' }, { 'x-tenant-id': '1' }],
  ])('should not change with %j', async (headers) => {
    const few = credentials.filter(({ name }) => ['no credential', 'garbage', 'role viewer'].includes(name));
    expect(await wrongAnswers(few, headers as unknown as Record<string, string>)).toEqual([]);
  });
});
