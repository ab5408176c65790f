import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { CLOSE_UNAUTHENTICATED, type Permission } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { z } from 'zod';
import type { Door } from '../access/door';
import type { Proven } from '../access/resolver';
import { bearerToken } from '../http/credentials';
import { parseJsonText } from '../http/json-body';
import { isForeignOrigin } from '../http/origin';
import type { Principal } from '../http/principal';
import { PROBLEM_CONTENT_TYPE, Problem, unauthorized, unavailable } from '../http/problem';
import { MAX_URL_LENGTH } from '../http/request-hooks';
import { Token } from './event-requests';
import { holdFrames, type HeldFrames } from './held-frames';
import { shownBy } from './proven-caller';
import { MAX_FRAME_BYTES } from './task-stream.codec';

/** How long a socket may stay without saying who it is. */
export const AUTHENTICATE_WITHIN_MS = 10_000;

const CLOSE_FAILED = 1011;

/** Paths of one kind that sockets are opened at. */
export interface SocketPath {
  /** What is asked for; undefined: it is not served here. @throws Problem when it is, and not like this */
  visit(path: string, query: URLSearchParams): Visit | undefined;
  stop(): void;
}

export interface Visit {
  /** With placeholders, for the audit. */
  readonly route: string;
  /** Without it nobody is let in. */
  readonly permission?: Permission;
  /** Why somebody who is known is not let in. */
  whyNot(principal: Principal): Problem | undefined;
  enter(letIn: LetIn): void;
}

export interface LetIn {
  readonly socket: WebSocket;
  /** What the socket writes to. */
  readonly stream: Duplex;
  readonly address: string;
  readonly proven: Proven;
  /** What came behind the credential, before it was judged. */
  readonly early: HeldFrames;
}

export interface UpgradeRouterOptions {
  readonly door: Door;
  readonly paths: readonly SocketPath[];
  readonly isDraining: () => boolean;
  readonly onError: (error: unknown) => void;
  readonly authenticateWithinMs?: number;
}

interface Admitted {
  readonly visit: Visit;
  readonly address: string;
  readonly proven: Proven | undefined;
}

const AuthFrame = z.object({ type: z.literal('auth'), token: Token });

/** Routes WebSocket upgrades by path; everything that is refused before the upgrade is an HTTP problem like any other. */
export class UpgradeRouter {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  });

  constructor(private readonly options: UpgradeRouterOptions) {}

  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      this.admit(request).then(
        (admitted) => {
          if (socket.destroyed) return;
          this.sockets.handleUpgrade(request, socket, head, (webSocket) => this.opened(webSocket, socket, admitted));
        },
        (error: unknown) => {
          if (!(error instanceof Problem)) this.options.onError(error);
          refuse(
            socket,
            error instanceof Problem ? error : new Problem(500, 'internal_error', 'Something unexpected happened'),
          );
        },
      );
    });
    server.once('close', () => {
      for (const path of this.options.paths) path.stop();
    });
  }

  /** @throws Problem */
  private async admit(request: IncomingMessage): Promise<Admitted> {
    const { door, isDraining } = this.options;
    if (isDraining()) throw unavailable('shutting_down', 'The gateway is shutting down; connect again');
    const url = request.url ?? '/';
    if (url.length > MAX_URL_LENGTH) throw new Problem(414, 'uri_too_long', 'The URL is too long');
    const [path = '/', search = ''] = url.split('?', 2);
    const query = new URLSearchParams(search);
    const visit = this.visitOf(path, query);
    if (request.headers.host === undefined || isForeignOrigin(request.headers)) {
      throw new Problem(403, 'foreign_origin', 'A page of another origin may not open this socket');
    }
    if (!door.authentication.ready) throw unavailable('not_ready', 'This replica does not know yet who may do what');
    const address = door.addressOf(request);
    if (!door.authentication.view.permits(address)) {
      door.refused({ kind: 'address', code: 'address_blocked', route: visit.route, address });
      throw new Problem(403, 'address_blocked', 'Requests from this address are not let in');
    }
    return { visit, address, proven: await this.credentialOf(request, query, address, visit) };
  }

  private visitOf(path: string, query: URLSearchParams): Visit {
    for (const each of this.options.paths) {
      const visit = each.visit(path, query);
      if (visit) return visit;
    }
    throw new Problem(404, 'route_not_found', 'No WebSocket is served here');
  }

  /** By header or query; undefined: the first message must say. */
  private async credentialOf(
    request: IncomingMessage,
    query: URLSearchParams,
    address: string,
    visit: Visit,
  ): Promise<Proven | undefined> {
    const header = bearerToken(request.headers.authorization);
    const shown = await shownBy(this.options.door, request, header ?? query.get('token') ?? header);
    if (!shown) return undefined;
    const refusal = this.judge(shown.proven, address, visit);
    if (refusal) throw refusal;
    return shown.proven;
  }

  /** Why it is not let in; what is refused is counted. */
  private judge(proven: Proven | undefined, address: string, visit: Visit): Problem | undefined {
    const principal = proven?.();
    const whyNot = principal ? visit.whyNot(principal) : unauthorized('The credential is not valid');
    if (!whyNot) return undefined;
    this.options.door.refused({
      ...(principal
        ? { kind: 'permission', code: 'forbidden', permission: visit.permission ?? null, principal: actorOf(principal) }
        : { kind: 'credential', code: 'unauthenticated' }),
      ...{ route: visit.route, address },
    });
    return whyNot;
  }

  private opened(socket: WebSocket, stream: Duplex, { visit, address, proven }: Admitted): void {
    // A frame too large or not UTF-8: `ws` closes the socket by itself, there is nothing more to do about it.
    socket.on('error', () => undefined);
    if (proven) visit.enter({ socket, stream, address, proven, early: [] });
    else this.awaitToken(socket, stream, address, visit);
  }

  private awaitToken(socket: WebSocket, stream: Duplex, address: string, visit: Visit): void {
    const refuse = (why: string) => socket.close(CLOSE_UNAUTHENTICATED, why);
    const timer = setTimeout(
      () => refuse('no credential came in time'),
      this.options.authenticateWithinMs ?? AUTHENTICATE_WITHIN_MS,
    );
    socket.once('close', () => clearTimeout(timer));
    socket.once('message', (data, isBinary) => {
      clearTimeout(timer);
      const token = isBinary ? undefined : tokenIn(data);
      if (token === undefined) return refuse(NO_TOKEN);
      // What follows at once waits until the token is judged.
      const { early, release } = holdFrames(socket);
      Promise.resolve(this.options.door.resolver.prove(token)).then(
        (proven) => {
          release();
          const refusal = this.judge(proven, address, visit);
          if (refusal) refuse(refusal.status === 401 ? NO_TOKEN : refusal.detail);
          else if (proven && socket.readyState === socket.OPEN) {
            visit.enter({ socket, stream, address, proven, early });
          }
        },
        (error: unknown) => {
          this.options.onError(error);
          socket.close(CLOSE_FAILED, 'the connection could not be set up; connect again');
        },
      );
    });
  }
}

const NO_TOKEN = 'the first message must be {"type":"auth","token":…} with a valid token';

const actorOf = ({ actor }: Principal) => ({ type: actor.type, id: actor.id });

function tokenIn(data: RawData): string | undefined {
  try {
    const frame = AuthFrame.safeParse(parseJsonText((data as Buffer).toString('utf8')));
    return frame.success ? frame.data.token : undefined;
  } catch {
    return undefined;
  }
}

function refuse(socket: Duplex, problem: Problem): void {
  const requestId = newId();
  const body = JSON.stringify(problem.body(requestId));
  const headers = Object.entries(problem.options.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nContent-Type: ${PROBLEM_CONTENT_TYPE}\r\n` +
      `X-Request-Id: ${requestId}\r\n${headers.join('')}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
