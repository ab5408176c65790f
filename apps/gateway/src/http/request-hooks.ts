import { SCOPES } from '@ao/contracts';
import { derivedId, newId } from '@ao/kernel';
import type { Actor } from '@ao/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Call } from './call';
import { bearerToken, type ResolveToken } from './credentials';
import { whyNotOpen } from './origin';
import { Problem, invalidField, unauthorized } from './problem';
import { ANONYMOUS as NOBODY, OPEN_COORDINATOR, type Principal } from './principal';
import type { RouteTable } from './route-table';

export const MAX_URL_LENGTH = 8192;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const ANONYMOUS: Actor = { type: 'anonymous', id: 'anonymous' };
const COORDINATOR: Actor = { type: 'anonymous', id: 'open-coordinator' };
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

export interface Doorkeeper {
  readonly resolveToken: ResolveToken;
  readonly coordinatorOpen: boolean;
  readonly routes: RouteTable;
}

/**
 * The first hook of every request, before its body is read: the length of the URL, who calls, and the marks that its
 * commands will carry. Whoever may not pass costs no parsing.
 */
export function installRequestHooks(fastify: FastifyInstance, doorkeeper: Doorkeeper): void {
  fastify.decorateRequest('call', null as unknown as Call);
  fastify.addHook('onRequest', (request, reply, done) => {
    const correlationId = correlationIdOf(request);
    request.call = callOf(request, reply, ANONYMOUS, correlationId);
    reply.header('x-request-id', correlationId);
    reply.header('x-correlation-id', correlationId);
    reply.header('cache-control', 'no-store');
    reply.header('x-content-type-options', 'nosniff');
    try {
      if (request.raw.url && request.raw.url.length > MAX_URL_LENGTH) {
        throw new Problem(414, 'uri_too_long', `The URL must not be longer than ${MAX_URL_LENGTH} characters`);
      }
      if (request.is404) {
        if (answerUnrouted(request, reply, doorkeeper.routes)) return;
      } else {
        const actor = actorOf(request, doorkeeper);
        request.call = callOf(request, reply, actor, correlationId);
      }
    } catch (error) {
      done(error as Error);
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

function actorOf(request: FastifyRequest, doorkeeper: Doorkeeper): Actor {
  const { access } = request.routeOptions.config;
  if (access?.permission === 'public') return ANONYMOUS;
  const token = bearerToken(request.headers.authorization);
  if (token !== undefined) {
    const actor = token === null ? undefined : doorkeeper.resolveToken(token);
    if (!actor) throw unauthorized('The credential in the Authorization header is not valid');
    return actor;
  }
  if (access?.coordinator && doorkeeper.coordinatorOpen) {
    const why = whyNotOpen(request.method, request.headers);
    if (why === undefined) return COORDINATOR;
    throw new Problem(403, 'not_open_to_pages', `This request needs a credential, because ${why}`);
  }
  throw unauthorized('This route needs a credential: send Authorization: Bearer <key>');
}

function callOf(request: FastifyRequest, reply: FastifyReply, actor: Actor, correlationId: string): Call {
  const { headers } = request;
  const causation = headers['x-causation-id'];
  const traceparent = headers['traceparent'];
  const prefer = headers['prefer'];
  return {
    actor,
    principal: principalOf(actor),
    address: request.ip,
    correlationId,
    causationId: typeof causation === 'string' && UUID.test(causation) ? causation.toLowerCase() : correlationId,
    traceparent: typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? traceparent : undefined,
    idempotentCommandId: actor === ANONYMOUS ? undefined : idempotentCommandId(request, actor),
    respondAsync: prefer !== undefined && /(^|[,;\s])respond-async($|[,;\s])/i.test(String(prefer)),
    reply,
  };
}

function principalOf(actor: Actor): Principal {
  if (actor === ANONYMOUS) return NOBODY;
  if (actor === COORDINATOR) return OPEN_COORDINATOR;
  return {
    ...{ kind: 'bootstrap', actor, permissions: new Set(SCOPES) },
    owner: { type: 'bootstrap', id: 'bootstrap' },
  };
}

function correlationIdOf(request: FastifyRequest): string {
  for (const name of ['x-request-id', 'x-correlation-id']) {
    const id = request.headers[name];
    if (typeof id === 'string' && UUID.test(id)) return id.toLowerCase();
  }
  return newId();
}

/** The same key of the same caller on the same route is the same command, whichever replica or attempt carries it. */
function idempotentCommandId(request: FastifyRequest, actor: Actor): string | undefined {
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
