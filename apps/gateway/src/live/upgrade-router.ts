import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { CLOSE_UNAUTHENTICATED, CLOSE_UNKNOWN_AGENT } from '@ao/contracts';
import { newId, type Actor } from '@ao/kernel';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { z } from 'zod';
import { mayTouch, notOneself } from '../access/agent.principal';
import { proveCertified } from '../access/certified-caller';
import type { Door } from '../access/door';
import type { Proven } from '../access/resolver';
import { bearerToken } from '../http/credentials';
import { parseJsonText } from '../http/json-body';
import { isForeignOrigin } from '../http/origin';
import type { Principal } from '../http/principal';
import { PROBLEM_CONTENT_TYPE, Problem, forbidden, unauthorized, unavailable } from '../http/problem';
import { MAX_URL_LENGTH } from '../http/request-hooks';
import { MAX_FRAME_BYTES } from './task-stream.codec';
import { SocketWatch } from './socket-watch';
import type { ConnectingAgent } from './task-stream.hub';

/** How long a socket may stay without saying who it is. */
export const AUTHENTICATE_WITHIN_MS = 10_000;
/** Frames of an agent that hurries ahead while it is looked up; more are refused with the socket. */
const MAX_HELD_FRAMES = 64;

const CLOSE_FAILED = 1011;
const CLOSE_POLICY = 1008;

export interface TaskStreamDoor {
  readonly door: Door;
  /** Finds the agent that an authenticated caller speaks for; undefined when there is none. */
  readonly lookUp: (agent: string, actor: Actor) => Promise<ConnectingAgent | undefined>;
  /** Takes the socket in. Listens to it from the moment of the call on. */
  readonly enter: (agent: ConnectingAgent, socket: WebSocket, stream: Duplex) => Promise<unknown>;
  readonly isDraining: () => boolean;
  readonly onError: (error: unknown) => void;
  readonly authenticateWithinMs?: number;
}

/** Speaking for an agent: beats, leases and results. */
const PERMISSION = 'agents:act';
const PATTERN = '/api/v1/agents/:id/task-stream';
const ROUTE = `GET ${PATTERN}`;

const TASK_STREAM = /^\/api\/v1\/agents\/([^/]{1,512})\/task-stream\/?$/;
const AuthFrame = z.object({ type: z.literal('auth'), token: z.string().min(1).max(4096) });

/** Routes WebSocket upgrades by path; everything that is refused before the upgrade is an HTTP problem like any other. */
export class UpgradeRouter {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  });

  private readonly watch: SocketWatch;
  /** What each socket writes to. */
  private readonly streams = new WeakMap<WebSocket, Duplex>();

  constructor(private readonly options: TaskStreamDoor) {
    const { authentication } = options.door;
    this.watch = new SocketWatch(({ address, proven, agentId }) => {
      const { view } = authentication;
      if (!view.permits(address) || proven()?.permissions.has(PERMISSION) !== true) return CLOSE_UNAUTHENTICATED;
      return agentId !== undefined && view.isGone(agentId) ? CLOSE_UNKNOWN_AGENT : undefined;
    });
    authentication.onChange(() => this.watch.look());
  }

  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      this.admit(request).then(
        (admitted) => {
          if (socket.destroyed) return;
          this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
            this.streams.set(webSocket, socket);
            this.opened(webSocket, admitted);
          });
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
    server.once('close', () => this.watch.stop());
  }

  /** @throws Problem */
  private async admit(request: IncomingMessage): Promise<Admitted> {
    const { door, isDraining } = this.options;
    if (isDraining()) throw unavailable('shutting_down', 'The gateway is shutting down; connect again');
    const url = request.url ?? '/';
    if (url.length > MAX_URL_LENGTH) throw new Problem(414, 'uri_too_long', 'The URL is too long');
    const [path = '/', search = ''] = url.split('?', 2);
    const match = TASK_STREAM.exec(path);
    if (!match?.[1]) throw new Problem(404, 'route_not_found', 'No WebSocket is served here');
    if (request.headers.host === undefined || isForeignOrigin(request.headers)) {
      throw new Problem(403, 'foreign_origin', 'A page of another origin may not open this socket');
    }
    if (!door.authentication.ready) throw unavailable('not_ready', 'This replica does not know yet who may do what');
    const address = door.addressOf(request);
    if (!door.authentication.view.permits(address)) {
      door.refused({ kind: 'address', code: 'address_blocked', route: ROUTE, address });
      throw new Problem(403, 'address_blocked', 'Requests from this address are not let in');
    }
    const agent = decoded(match[1]);
    return { agent, address, proven: await this.credentialOf(request, search, address, agent) };
  }

  /** By header or query; undefined: the first message must say. */
  private async credentialOf(
    request: IncomingMessage,
    search: string,
    address: string,
    agent: string,
  ): Promise<Proven | undefined> {
    const token = bearerToken(request.headers.authorization) ?? new URLSearchParams(search).get('token') ?? undefined;
    const { certificates, resolver } = this.options.door;
    const shown = certificates?.shownBy(request);
    const none = request.headers.authorization === undefined && token === undefined;
    if (none && (!shown || (shown.by === 'proxy' && !(await shown.prove())))) return undefined;
    const sent = none ? undefined : (token ?? null);
    const proven = shown
      ? await proveCertified(resolver, shown, sent)
      : await (sent ? resolver.prove(sent) : undefined);
    const judged = this.judge(proven, address, agent);
    if (judged === 'unknown') throw unauthorized('The credential is not valid');
    if (judged === 'another agent') throw notOneself();
    if (judged === 'lacks it') throw forbidden(PERMISSION);
    return judged;
  }

  /** With the permission, and for itself; what is refused is counted. */
  private judge(
    proven: Proven | undefined,
    address: string,
    agent: string,
  ): Proven | 'unknown' | 'lacks it' | 'another agent' {
    const principal = proven?.();
    const lacksIt = !principal?.permissions.has(PERMISSION);
    const itself =
      principal && mayTouch(principal, { pattern: PATTERN, permission: PERMISSION, params: { id: agent } });
    if (proven && !lacksIt && itself) return proven;
    this.options.door.refused({
      ...(principal
        ? { kind: 'permission', code: 'forbidden', permission: PERMISSION, principal: actorOf(principal) }
        : { kind: 'credential', code: 'unauthenticated' }),
      ...{ route: ROUTE, address },
    });
    if (!principal) return 'unknown';
    return lacksIt ? 'lacks it' : 'another agent';
  }

  private opened(socket: WebSocket, { agent, address, proven }: Admitted): void {
    // A frame too large or not UTF-8: `ws` closes the socket by itself, there is nothing more to do about it.
    socket.on('error', () => undefined);
    if (proven) this.enter(socket, agent, address, proven);
    else this.awaitToken(socket, agent, address);
  }

  private awaitToken(socket: WebSocket, agent: string, address: string): void {
    const refuse = (why: string) => socket.close(CLOSE_UNAUTHENTICATED, why);
    const timer = setTimeout(
      () => refuse('no credential came in time'),
      this.options.authenticateWithinMs ?? AUTHENTICATE_WITHIN_MS,
    );
    socket.once('close', () => clearTimeout(timer));
    socket.once('message', (data, isBinary) => {
      clearTimeout(timer);
      const token = isBinary ? undefined : tokenIn(data);
      // What follows at once waits until the token is judged.
      const { early, release } = hold(socket);
      const { resolver } = this.options.door;
      Promise.resolve(token === undefined ? undefined : resolver.prove(token)).then(
        (credential) => {
          release();
          const proven = token === undefined ? 'unknown' : this.judge(credential, address, agent);
          if (proven === 'unknown') refuse('the first message must be {"type":"auth","token":…} with a valid token');
          else if (proven === 'another agent') refuse('the credential is of another agent');
          else if (proven === 'lacks it') refuse(`the credential lacks the permission ${PERMISSION}`);
          else this.enter(socket, agent, address, proven, early);
        },
        (error: unknown) => {
          this.options.onError(error);
          socket.close(CLOSE_FAILED, 'the connection could not be set up; connect again');
        },
      );
    });
  }

  /** Holds back what the agent sends until it is found, so that no early frame is lost. */
  private enter(
    socket: WebSocket,
    agent: string,
    address: string,
    proven: Proven,
    before: readonly [RawData, boolean][] = [],
  ): void {
    const principal = proven();
    if (!principal) return socket.close(CLOSE_UNAUTHENTICATED, 'the credential is not valid any more');
    this.watch.add(socket, { address, proven });
    const { early, release } = hold(socket);
    this.options
      .lookUp(agent, principal.actor)
      .then((found) => {
        release();
        if (!found) {
          socket.close(CLOSE_UNKNOWN_AGENT, 'there is no such agent');
          return undefined;
        }
        this.watch.add(socket, { address, proven, agentId: found.agentId });
        const entered = this.options.enter(found, socket, this.streams.get(socket)!);
        for (const [data, isBinary] of [...before, ...early]) socket.emit('message', data, isBinary);
        return entered;
      })
      .catch((error: unknown) => {
        this.options.onError(error);
        socket.close(CLOSE_FAILED, 'the connection could not be set up; connect again');
      });
  }
}

interface Admitted {
  readonly agent: string;
  readonly address: string;
  readonly proven: Proven | undefined;
}

const actorOf = ({ actor }: Principal) => ({ type: actor.type, id: actor.id });

/** Keeps the frames of a socket until `release`. */
function hold(socket: WebSocket): { readonly early: [RawData, boolean][]; release(): void } {
  const early: [RawData, boolean][] = [];
  const keep = (data: RawData, isBinary: boolean) => {
    const held = early.push([data, isBinary]);
    if (held > MAX_HELD_FRAMES) socket.close(CLOSE_POLICY, 'too many frames before the welcome');
  };
  socket.on('message', keep);
  return { early, release: () => void socket.off('message', keep) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Problem(400, 'bad_url', 'The path of the URL cannot be decoded');
  }
}

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
