import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

interface HttpExchange {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** Sent as it is, instead of a body. */
  readonly text?: string;
  readonly headers?: Record<string, string>;
  /** Breaks the connection instead. */
  readonly reset?: boolean;
  /** Never answers. */
  readonly silent?: boolean;
  /** Begins to answer and goes no further. */
  readonly half?: boolean;
}

export type Frame = Record<string, unknown> & { readonly type: string };

/** One agent's socket as the server sees it. */
export interface Connection {
  readonly agentId: string;
  readonly epoch: number;
  readonly authorization: string | undefined;
  readonly frames: Frame[];
  send(frame: Frame): void;
  close(code: number, reason?: string): void;
  /** Cuts the line without a closing handshake. */
  cut(): void;
  /** Says nothing any more, whatever comes. */
  mute(): void;
}

/**
 * The control plane's protocol without the control plane: routes answer what the test says, sockets welcome agents and
 * acknowledge every request unless the test answers it itself.
 */
export class ProtocolServer extends EventEmitter<{ frame: [Connection, Frame]; connection: [Connection] }> {
  readonly exchanges: HttpExchange[] = [];
  readonly connections: Connection[] = [];
  heartbeatInterval = 30;
  /** Undefined: acknowledged with nothing; null: not answered at all. */
  answerFrame: (frame: Frame, connection: Connection) => Frame | null | undefined = () => undefined;
  /** A status other than 101 refuses the upgrade. */
  upgradeStatus = 101;
  private readonly routes = new Map<string, (exchange: HttpExchange) => Answer>();
  private server: http.Server | undefined;
  private readonly open = new Set<WebSocket>();
  private port = 0;

  async start(): Promise<string> {
    const server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => this.respond(request, Buffer.concat(chunks).toString(), response));
    });
    const sockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
      if (this.upgradeStatus !== 101) {
        socket.end(`HTTP/1.1 ${this.upgradeStatus} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
        return;
      }
      sockets.handleUpgrade(request, socket, head, (ws) => this.welcome(ws, request));
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
    return `http://127.0.0.1:${this.port}`;
  }

  /** Answers `METHOD /path` (without the query). */
  route(methodAndPath: string, answer: (exchange: HttpExchange) => Answer): void {
    this.routes.set(methodAndPath, answer);
  }

  requests(methodAndPath: string): HttpExchange[] {
    return this.exchanges.filter(({ method, path }) => `${method} ${path.split('?')[0]}` === methodAndPath);
  }

  get connection(): Connection {
    const connection = this.connections.at(-1);
    if (!connection) throw new Error('no agent is connected');
    return connection;
  }

  frames(type: string): Frame[] {
    return this.connections.flatMap((connection) => connection.frames.filter((frame) => frame.type === type));
  }

  async stop(): Promise<void> {
    for (const socket of this.open) socket.terminate();
    const { server } = this;
    if (!server) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    this.server = undefined;
  }

  private respond(request: http.IncomingMessage, text: string, response: http.ServerResponse): void {
    const exchange: HttpExchange = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
    this.exchanges.push(exchange);
    const route = this.routes.get(`${exchange.method} ${exchange.path.split('?')[0]}`);
    const answer = route?.(exchange) ?? this.defaultAnswer(exchange);
    if (answer.reset) return void request.socket.destroy();
    if (answer.silent) return;
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    if (answer.half) return void response.write('{');
    response.end(answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body)));
  }

  private defaultAnswer({ method, path, body }: HttpExchange): Answer {
    if (method === 'POST' && path === '/agents/register') {
      const { agent_id } = body as { agent_id: string };
      return {
        status: 200,
        body: { status: 'success', message: 'registered', agent_id, registered_at: '2026-01-01T00:00:00.000Z' },
      };
    }
    if (method === 'PUT' && path.endsWith('/status')) return { status: 200, body: { status: 'success' } };
    return { status: 404, body: { status: 404, code: 'not_found', detail: `no such route: ${method} ${path}` } };
  }

  private welcome(ws: WebSocket, request: http.IncomingMessage): void {
    this.open.add(ws);
    ws.on('close', () => this.open.delete(ws));
    ws.on('error', () => undefined);
    const frames: Frame[] = [];
    let muted = false;
    const connection: Connection = {
      agentId: decodeURIComponent(request.url?.split('/')[4] ?? ''),
      epoch: this.connections.length + 1,
      authorization: request.headers.authorization,
      frames,
      send: (frame) => {
        if (!muted) ws.send(JSON.stringify(frame));
      },
      close: (code, reason) => ws.close(code, reason),
      cut: () => ws.terminate(),
      mute: () => {
        muted = true;
      },
    };
    this.connections.push(connection);
    ws.on('message', (data) => {
      const frame = JSON.parse((data as Buffer).toString()) as Frame;
      frames.push(frame);
      this.emit('frame', connection, frame);
      const id = frame.id as string | undefined;
      const answer = this.answerFrame(frame, connection);
      if (frame.type === 'ping') connection.send({ type: 'pong' });
      else if (answer) connection.send({ id, ...answer });
      else if (answer === undefined && id !== undefined) connection.send({ type: 'ack', id });
    });
    const { agentId, epoch } = connection;
    connection.send({ type: 'welcome', agentId, epoch, heartbeatInterval: this.heartbeatInterval });
    this.emit('connection', connection);
  }
}

/** An assignment as the task stream sends it. */
export function assignment(overrides: Record<string, unknown> = {}) {
  return {
    taskId: randomUUID(),
    taskType: 'text.count',
    priority: 40,
    payload: { text: 'a b c' },
    createdAt: '2026-01-01T00:00:00.000Z',
    attempt: 1,
    leaseToken: randomUUID(),
    leaseExpiresAt: '2026-01-01T00:01:00.000Z',
    timeout: 60,
    ...overrides,
  };
}

/** Polls until the assertion passes. */
export async function eventually(assertion: () => void, timeoutMs = 5_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      assertion();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
