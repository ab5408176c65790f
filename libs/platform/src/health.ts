import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { StartupError } from './startup-error';

/** Resolves with a sentence on what is missing, or undefined when all is well. */
export type ReadinessCheck = () => Promise<string | undefined> | string | undefined;

const CHECK_TIMEOUT_MS = 2_000;

/**
 * /health/live, /health/ready and /metrics on a port of their own, answered from the first moment of the process on,
 * also while it still waits for Postgres or NATS.
 */
export class Health {
  private readonly checks = new Map<string, ReadinessCheck>();
  private readonly listeners = new Set<() => void>();
  private lastMissing = '';
  private server: Server | undefined;

  constructor(private readonly metrics: Registry) {}

  /** The service is ready when every check says so. The same name again replaces the check. */
  addCheck(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  removeCheck(name: string): void {
    this.checks.delete(name);
    this.changed();
  }

  /**
   * Told when other checks fail than when somebody asked last (a probe, for example), and when a check is taken away.
   * Returns the function that ends the listening.
   */
  onChanged(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }

  /** What is missing, by the name of its check; empty: ready. */
  async missing(): Promise<Record<string, string>> {
    const found = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await boundedCheck(check)] as const),
    );
    const missing = Object.fromEntries(found.flatMap(([name, why]) => (why === undefined ? [] : [[name, why]])));
    const names = Object.keys(missing).join();
    if (names !== this.lastMissing) {
      this.lastMissing = names;
      this.changed();
    }
    return missing;
  }

  /**
   * Listens; resolves with the port.
   * @throws StartupError when the port is taken
   */
  listen(port: number, host: string): Promise<number> {
    const server = createServer((request, response) => void this.answer(request, response));
    this.server = server;
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, 'HEALTH_PORT', port)));
      server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
    });
  }

  async close(): Promise<void> {
    const { server } = this;
    if (!server?.listening) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?', 1)[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return sendJson(response, 405, { status: 'method not allowed' });
    }
    try {
      if (path === '/health/live') return sendJson(response, 200, { status: 'ok' });
      if (path === '/health/ready') {
        const missing = await this.missing();
        const ready = Object.keys(missing).length === 0;
        return sendJson(response, ready ? 200 : 503, ready ? { status: 'ok' } : { status: 'not ready', missing });
      }
      if (path === '/metrics') {
        const text = await this.metrics.metrics();
        response.writeHead(200, { 'content-type': this.metrics.contentType });
        response.end(text);
        return;
      }
      sendJson(response, 404, { status: 'not found' });
    } catch (error) {
      sendJson(response, 500, { status: error instanceof Error ? error.message : 'failed' });
    }
  }
}

/** One sentence for a port that cannot be had. */
export function listenError(error: NodeJS.ErrnoException, variable: string, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new StartupError(
      `Port ${port} is taken by another process: end that one or set ${variable} to a free port.`,
    );
  if (error.code === 'EACCES')
    return new StartupError(`Port ${port} may not be used by this user: set ${variable} to a port above 1023.`);
  if (error.code === 'EADDRNOTAVAIL')
    return new StartupError(`The address to listen on is not one of this machine: ${error.message}.`);
  return error;
}

async function boundedCheck(check: ReadinessCheck): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${CHECK_TIMEOUT_MS} ms`), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    // Who answers: after a start on a taken port it is somebody else.
    'x-process-id': process.pid,
  });
  response.end(text);
}
