import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { CLOSE_UNAUTHENTICATED, CLOSE_UNKNOWN_AGENT } from '@ao/contracts';
import { newId, type Actor } from '@ao/kernel';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { z } from 'zod';
import { bearerToken, type ResolveToken } from '../http/credentials';
import { parseJsonText } from '../http/json-body';
import { isForeignOrigin } from '../http/origin';
import { PROBLEM_CONTENT_TYPE, Problem, unauthorized, unavailable } from '../http/problem';
import { MAX_URL_LENGTH } from '../http/request-hooks';
import { MAX_FRAME_BYTES } from './task-stream.codec';
import type { ConnectingAgent } from './task-stream.hub';

/** How long a socket may stay without saying who it is. */
export const AUTHENTICATE_WITHIN_MS = 10_000;
/** Frames of an agent that hurries ahead while it is looked up; more are refused with the socket. */
const MAX_HELD_FRAMES = 64;

const CLOSE_FAILED = 1011;
const CLOSE_POLICY = 1008;

export interface TaskStreamDoor {
  readonly resolveToken: ResolveToken;
  /** Finds the agent that an authenticated caller speaks for; undefined when there is none. */
  readonly lookUp: (agent: string, actor: Actor) => Promise<ConnectingAgent | undefined>;
  /** Takes the socket in. Listens to it from the moment of the call on. */
  readonly enter: (agent: ConnectingAgent, socket: WebSocket) => Promise<unknown>;
  readonly isDraining: () => boolean;
  readonly onError: (error: unknown) => void;
  readonly authenticateWithinMs?: number;
}

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

  constructor(private readonly door: TaskStreamDoor) {}

  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      try {
        const { agent, actor } = this.judge(request);
        this.sockets.handleUpgrade(request, socket, head, (webSocket) => this.opened(webSocket, agent, actor));
      } catch (error) {
        if (!(error instanceof Problem)) this.door.onError(error);
        refuse(
          socket,
          error instanceof Problem ? error : new Problem(500, 'internal_error', 'Something unexpected happened'),
        );
      }
    });
  }

  /** @throws Problem */
  private judge(request: IncomingMessage): { agent: string; actor: Actor | undefined } {
    if (this.door.isDraining()) throw unavailable('shutting_down', 'The gateway is shutting down; connect again');
    const url = request.url ?? '/';
    if (url.length > MAX_URL_LENGTH) throw new Problem(414, 'uri_too_long', 'The URL is too long');
    const [path = '/', search = ''] = url.split('?', 2);
    const match = TASK_STREAM.exec(path);
    if (!match?.[1]) throw new Problem(404, 'route_not_found', 'No WebSocket is served here');
    if (request.headers.host === undefined || isForeignOrigin(request.headers)) {
      throw new Problem(403, 'foreign_origin', 'A page of another origin may not open this socket');
    }
    return { agent: decoded(match[1]), actor: this.actorOf(request, search) };
  }

  /** By header or query; undefined: the first message must say. */
  private actorOf(request: IncomingMessage, search: string): Actor | undefined {
    const token = bearerToken(request.headers.authorization) ?? new URLSearchParams(search).get('token') ?? undefined;
    if (request.headers.authorization === undefined && token === undefined) return undefined;
    const actor = token === undefined ? undefined : this.door.resolveToken(token);
    if (!actor) throw unauthorized('The credential is not valid');
    return actor;
  }

  private opened(socket: WebSocket, agent: string, actor: Actor | undefined): void {
    // A frame too large or not UTF-8: `ws` closes the socket by itself, there is nothing more to do about it.
    socket.on('error', () => undefined);
    if (actor) this.enter(socket, agent, actor);
    else this.awaitToken(socket, agent);
  }

  private awaitToken(socket: WebSocket, agent: string): void {
    const timer = setTimeout(
      () => socket.close(CLOSE_UNAUTHENTICATED, 'no credential came in time'),
      this.door.authenticateWithinMs ?? AUTHENTICATE_WITHIN_MS,
    );
    socket.once('close', () => clearTimeout(timer));
    socket.once('message', (data, isBinary) => {
      clearTimeout(timer);
      const token = isBinary ? undefined : tokenIn(data);
      const actor = token === undefined ? undefined : this.door.resolveToken(token);
      if (actor) this.enter(socket, agent, actor);
      else
        socket.close(CLOSE_UNAUTHENTICATED, 'the first message must be {"type":"auth","token":…} with a valid token');
    });
  }

  /** Holds back what the agent sends until it is found, so that no early frame is lost. */
  private enter(socket: WebSocket, agent: string, actor: Actor): void {
    const early: [RawData, boolean][] = [];
    const hold = (data: RawData, isBinary: boolean) => {
      const held = early.push([data, isBinary]);
      if (held > MAX_HELD_FRAMES) socket.close(CLOSE_POLICY, 'too many frames before the welcome');
    };
    socket.on('message', hold);
    this.door
      .lookUp(agent, actor)
      .then((found) => {
        socket.off('message', hold);
        if (!found) {
          socket.close(CLOSE_UNKNOWN_AGENT, 'there is no such agent');
          return undefined;
        }
        const entered = this.door.enter(found, socket);
        for (const [data, isBinary] of early) socket.emit('message', data, isBinary);
        return entered;
      })
      .catch((error: unknown) => {
        this.door.onError(error);
        socket.close(CLOSE_FAILED, 'the connection could not be set up; connect again');
      });
  }
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
