import type { Socket } from 'node:net';
import { STATUS_CODES, type IncomingHttpHeaders } from 'node:http';
import { newId } from '@ao/kernel';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requireDeclaredAccess } from './access';
import { parseFormBody } from './form-body';
import { parseJsonBody } from './json-body';
import { lingerOverLargeBodies } from './linger';
import { bindPlainly } from './plain-binding';
import { HOOK_ROUTE, signedBody } from './signed-body';
import { TOKEN_ROUTE } from './oauth-errors';
import { PROBLEM_CONTENT_TYPE, Problem } from './problem';
import { fillAbsentBody, installRequestHooks, type Doorkeeper } from './request-hooks';
import { MAX_YAML_BYTES, parseYamlBody, takesYaml, YAML } from './yaml-body';

export const BODY_LIMIT = 1024 * 1024;

/** Slow senders of headers or bodies are let go; idle keep-alive sockets outlive those of usual proxies. */
export const SERVER_OPTIONS = {
  headersTimeout: 10_000,
  // How often it is looked who took too long; Node's own 30 s would make 40 of the 10 above.
  connectionsCheckingInterval: 2_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 72_000,
  maxHeaderSize: 16 * 1024,
} as const;

/** Fastify as this API runs it: bounded in every direction, JSON only, and every refusal a problem+json. */
export function createFastifyAdapter(doorkeeper: Doorkeeper): FastifyAdapter {
  bindPlainly();
  const adapter = new FastifyAdapter({
    skipMiddie: true,
    bodyLimit: BODY_LIMIT,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 8192 },
    requestTimeout: SERVER_OPTIONS.requestTimeout,
    keepAliveTimeout: SERVER_OPTIONS.keepAliveTimeout,
    http: SERVER_OPTIONS,
    return503OnClosing: true,
    forceCloseConnections: 'idle',
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerUnreadableRequest,
  });
  const fastify = adapter.getInstance();
  requireDeclaredAccess(fastify);
  doorkeeper.routes.watch(fastify);
  installRequestHooks(fastify, doorkeeper);
  fillAbsentBody(fastify);
  lingerOverLargeBodies(fastify);
  fastify.removeAllContentTypeParsers();
  adapter.useBodyParser('application/json', false, { bodyLimit: BODY_LIMIT }, (request, body: Buffer, done) => {
    try {
      refuseOtherCoding((request as FastifyRequest).headers);
      // Where the body's bytes are signed, they are what is looked at first.
      const isHook = (request as FastifyRequest).routeOptions.url === HOOK_ROUTE;
      done(null, isHook ? signedBody(body) : parseJsonBody(body));
    } catch (error) {
      done(error as Error);
    }
  });
  adapter.useBodyParser(FORM, false, { bodyLimit: FORM_LIMIT }, (request, body: Buffer, done) => {
    try {
      // A page of another origin can send a form without asking; only the route whose standard wants forms takes them.
      if ((request as FastifyRequest).routeOptions.url !== TOKEN_ROUTE) throw notJson();
      refuseOtherCoding((request as FastifyRequest).headers);
      done(null, parseFormBody(body));
    } catch (error) {
      done(error as Error);
    }
  });
  adapter.useBodyParser(YAML, false, { bodyLimit: MAX_YAML_BYTES }, (request, body: Buffer, done) => {
    try {
      const { headers, routeOptions } = request as FastifyRequest;
      if (!takesYaml(routeOptions.url ?? '')) throw notJson();
      refuseOtherCoding(headers);
      done(null, parseYamlBody(body));
    } catch (error) {
      done(error as Error);
    }
  });
  return adapter;
}

const FORM = 'application/x-www-form-urlencoded';
const FORM_LIMIT = 64 * 1024;

function notJson(): Problem {
  return new Problem(415, 'unsupported_media_type', 'The body must be application/json in UTF-8');
}

/** Bodies come as they are: one that is packed could be of any size once unpacked. */
function refuseOtherCoding(headers: IncomingHttpHeaders): void {
  const charset = /charset\s*=\s*"?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw notJson();
  const packing = headers['content-encoding'];
  if (packing !== undefined && packing !== 'identity')
    throw new Problem(415, 'unsupported_media_type', 'The body must not be compressed (Content-Encoding)');
}

/** What the router itself cannot read: a path with a broken percent escape. */
function answerFrameworkError(
  error: Error & { statusCode?: number },
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  const status = error.statusCode !== undefined && error.statusCode < 500 ? error.statusCode : 400;
  const requestId = newId();
  const problem = new Problem(status, 'bad_url', 'The path of the URL cannot be decoded');
  void reply
    .code(status)
    .header('content-type', PROBLEM_CONTENT_TYPE)
    .header('x-request-id', requestId)
    .send(JSON.stringify(problem.body(requestId)));
}

const CLIENT_ERRORS: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'headers_too_large', 'The headers must not be larger than 16 kB'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request_timeout', 'The request took too long to arrive'],
};

/** What is no HTTP at all never reaches a route: it is answered on the bare socket, then the socket is closed. */
function answerUnreadableRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, detail] = CLIENT_ERRORS[error.code ?? ''] ?? [
    400,
    'malformed_http',
    'The request is not valid HTTP',
  ];
  const body = JSON.stringify(new Problem(status, code, detail).body(newId()));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: ${PROBLEM_CONTENT_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
