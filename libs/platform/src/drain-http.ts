import type { Server, ServerResponse } from 'node:http';

const IDLE_SWEEP_MS = 100;

/**
 * Ends an HTTP server without cutting anybody off: no new connections, every answer from now on tells its client to close,
 * connections without a request under way are closed. Resolves when the last one is gone. Upgraded sockets are connections
 * too: who holds them must end them (`Lifecycle.onDrain`).
 */
export async function drainHttp(server: Server): Promise<void> {
  if (!server.listening) return;
  server.prependListener('request', (_request, response: ServerResponse) => response.setHeader('connection', 'close'));
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  await closed;
  clearInterval(sweep);
}
