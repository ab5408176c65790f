import type { RefusalKind } from '@ao/contracts';
import { derivedId, newId, readId } from '@ao/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { mayTouch, notOneself } from '../access/agent.principal';
import { proveCertified } from '../access/certified-caller';
import { UNKNOWN_ADDRESS } from '../access/client-address';
import type { Door } from '../access/door';
import type { Call } from './call';
import { bearerToken } from './credentials';
import { isLoopbackHost, whyNotOpen } from './origin';
import { ANONYMOUS, OPEN_COORDINATOR, type Principal } from './principal';
import { Problem, forbidden, invalidField, unauthorized, unavailable } from './problem';
import type { RouteTable } from './route-table';

export const MAX_URL_LENGTH = 8192;

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

export interface Doorkeeper {
  /** Undefined before the application is made. */
  readonly door: Door | undefined;
  readonly coordinatorOpen: boolean;
  readonly routes: RouteTable;
}

/**
 * The first hook of every request, before its body is read: the length of the URL, from where, who, whether they may, and
 * the marks that its commands will carry. Whoever may not pass costs no parsing. Nothing is awaited for a credential that
 * this replica knows.
 */
export function installRequestHooks(fastify: FastifyInstance, doorkeeper: Doorkeeper): void {
  fastify.decorateRequest('call', null as unknown as Call);
  fastify.addHook('onRequest', (request, reply, done) => {
    const { door } = doorkeeper;
    const call = anonymousCall(request, reply, door);
    request.call = call;
    reply.header('x-request-id', call.correlationId);
    reply.header('x-correlation-id', call.correlationId);
    reply.header('cache-control', 'no-store');
    reply.header('x-content-type-options', 'nosniff');
    const refuse = (why: unknown) => {
      const error = why instanceof Problem && why.status === 401 ? countStranger(door, request, why) : why;
      if (door && error instanceof Problem) noteRefusal(door, request, error);
      done(error as Error);
    };
    const enter = (principal: Principal) => {
      call.actor = principal.actor;
      call.principal = principal;
      call.idempotentCommandId = principal === ANONYMOUS ? undefined : idempotentCommandIdOf(request, principal);
      door?.limiter?.judge(call, request);
      requirePermission(request, principal);
    };
    try {
      if (request.raw.url && request.raw.url.length > MAX_URL_LENGTH) {
        throw new Problem(414, 'uri_too_long', `The URL must not be longer than ${MAX_URL_LENGTH} characters`);
      }
      requireAddress(request, door);
      if (request.is404) {
        if (answerUnrouted(request, reply, doorkeeper.routes)) return;
      } else {
        const principal = principalOf(request, doorkeeper);
        if (principal instanceof Promise) {
          principal.then(enter).then(() => done(), refuse);
          return;
        }
        enter(principal);
      }
    } catch (error) {
      refuse(error);
      return;
    }
    done();
  });
}

/** A body that was left out is one without fields, so that the answer names the fields that are missing. */
export function fillAbsentBody(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', (request, _reply, done) => {
    if (request.body === undefined && !SAFE_METHODS.has(request.method)) request.body = {};
    done();
  });
}

/** Before anything else is looked at. What only reads a public route may do so while the rules are not known yet. */
function requireAddress(request: FastifyRequest, door: Door | undefined): void {
  const { access } = request.routeOptions.config;
  if (!door?.authentication.ready) {
    if (access?.permission === 'public' && SAFE_METHODS.has(request.method)) return;
    throw unavailable('not_ready', 'This replica does not know yet who may do what; send the request again');
  }
  if (!door.authentication.view.permits(request.call.address)) {
    throw new Problem(403, 'address_blocked', 'Requests from this address are not let in');
  }
}

function principalOf(request: FastifyRequest, { door, coordinatorOpen }: Doorkeeper): Principal | Promise<Principal> {
  const { access } = request.routeOptions.config;
  const shown = door?.certificates?.shownBy(request.raw);
  // On the agents' own port a certificate is always judged.
  const token = bearerToken(request.headers.authorization);
  const nobodyAsked = !access?.optional || token === undefined || !door?.authentication.ready;
  if (access?.permission === 'public' && nobodyAsked && shown?.by !== 'connection') return ANONYMOUS;
  if (door && shown) return proveCertified(door.resolver, shown, token).then((proven) => certified(proven?.()));
  if (token !== undefined) {
    const principal = token === null ? undefined : door?.resolver.resolve(token);
    return principal instanceof Promise ? principal.then(valid) : valid(principal);
  }
  if (access?.coordinator && coordinatorOpen) {
    // A proxy on this machine may bring callers from elsewhere: open means open to this machine.
    const why = isLoopbackHost(request.call.address)
      ? whyNotOpen(request.method, request.headers)
      : 'it comes from another machine';
    if (why === undefined) return OPEN_COORDINATOR;
    throw new Problem(403, 'not_open_to_pages', `This request needs a credential, because ${why}`);
  }
  throw unauthorized('This route needs a credential: send Authorization: Bearer <key>');
}

function valid(principal: Principal | undefined): Principal {
  if (!principal) throw unauthorized('The credential in the Authorization header is not valid');
  return principal;
}

function certified(principal: Principal | undefined): Principal {
  if (!principal)
    throw unauthorized('The client certificate is not valid, or the credential besides is not of the same agent');
  return principal;
}

/** Default deny: a route that declares nothing is nobody's (and does not boot). */
function requirePermission(request: FastifyRequest, principal: Principal): void {
  const { permission, or } = request.routeOptions.config.access ?? {};
  if (permission === 'public') return;
  const { permissions } = principal;
  const may = permission !== undefined && (permissions.has(permission) || (or !== undefined && permissions.has(or)));
  if (!may) throw forbidden(permission ?? 'none');
  if (principal.kind !== 'agent') return;
  const { url = '' } = request.routeOptions;
  if (!mayTouch(principal, { pattern: url, permission, params: request.params as object as Record<string, unknown> }))
    throw notOneself();
}

/** Whoever shows nothing valid takes from the budget of the address: guessing is bounded too. */
function countStranger(door: Door | undefined, request: FastifyRequest, unauthenticated: Problem): unknown {
  try {
    door?.limiter?.judge(request.call, request);
    return unauthenticated;
  } catch (error) {
    return error;
  }
}

const REFUSAL_KINDS: Readonly<Record<string, RefusalKind>> = {
  unauthenticated: 'credential',
  forbidden: 'permission',
  not_open_to_pages: 'permission',
  address_blocked: 'address',
  rate_limited: 'rate_limit',
};

/** Counts it for the audit. Who sent no credential at all was not refused one. */
function noteRefusal(door: Door, request: FastifyRequest, problem: Problem): void {
  const kind = REFUSAL_KINDS[problem.code];
  if (kind === undefined || (kind === 'credential' && !showsCredential(door, request))) return;
  const { principal, address } = request.call;
  const { config, url } = request.routeOptions;
  const permission = config.access?.permission;
  door.refused({
    kind,
    code: problem.code,
    route: request.is404 || url === undefined ? null : `${request.method} ${url}`.slice(0, 200),
    permission: kind !== 'permission' || permission === 'public' ? null : (permission ?? null),
    principal: principal === ANONYMOUS ? null : { type: principal.actor.type, id: principal.actor.id },
    address,
  });
}

const showsCredential = ({ certificates }: Door, { raw, headers }: FastifyRequest) =>
  headers.authorization !== undefined || certificates?.shownBy(raw) !== undefined;

/** Before it is known who calls. */
type OpenCall = { -readonly [Field in keyof Call]: Call[Field] };

function anonymousCall(request: FastifyRequest, reply: FastifyReply, door: Door | undefined): OpenCall {
  const { headers } = request;
  const correlationId = correlationIdOf(request);
  const causation = headers['x-causation-id'];
  const traceparent = headers['traceparent'];
  const prefer = headers['prefer'];
  return {
    actor: ANONYMOUS.actor,
    principal: ANONYMOUS,
    idempotentCommandId: undefined,
    address: door?.addressOf(request.raw) ?? UNKNOWN_ADDRESS,
    correlationId,
    causationId: (typeof causation === 'string' && readId(causation)) || correlationId,
    traceparent: typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined,
    respondAsync: prefer !== undefined && /(^|[,;\s])respond-async($|[,;\s])/i.test(String(prefer)),
    reply,
  };
}

function correlationIdOf(request: FastifyRequest): string {
  for (const name of ['x-request-id', 'x-correlation-id']) {
    const given = request.headers[name];
    const id = typeof given === 'string' && readId(given);
    if (id) return id;
  }
  return newId();
}

/** The same key of the same caller on the same route is the same command, whichever replica or attempt carries it. */
function idempotentCommandIdOf(request: FastifyRequest, { actor }: Principal): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined || SAFE_METHODS.has(request.method)) return undefined;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw invalidField('/headers/idempotency-key', 'must be 1 to 255 visible ASCII characters', 400, 'invalid_header');
  }
  const route = `${request.method} ${request.routeOptions.url ?? ''}`;
  return derivedId('idempotency', `${actor.type}:${actor.id}`, route, key);
}

/** A path or method that is not served; true when the answer is already sent. */
function answerUnrouted(request: FastifyRequest, reply: FastifyReply, routes: RouteTable): boolean {
  const path = decodedPath(request.raw.url ?? '/');
  const methods = path === undefined ? [] : routes.methodsOf(path);
  if (methods.length === 0) {
    throw new Problem(404, 'route_not_found', 'There is no such route; GET /docs shows those there are');
  }
  if (request.method === 'OPTIONS') {
    void reply.code(204).header('allow', methods.join(', ')).send();
    return true;
  }
  throw new Problem(405, 'method_not_allowed', `This path answers ${methods.join(', ')}`, {
    headers: { allow: methods.join(', ') },
  });
}

function decodedPath(url: string): string | undefined {
  const end = url.search(/[?#]/);
  try {
    return decodeURI(end < 0 ? url : url.slice(0, end));
  } catch {
    return undefined;
  }
}
