import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TraceCollector {
  readonly url: string;
  /** The bodies of what was exported. */
  readonly exported: readonly Buffer[];
  close(): Promise<void>;
}

/** Takes the traces that services export (OTLP over HTTP) and keeps them as they came. */
export async function collectTraces(): Promise<TraceCollector> {
  const exported: Buffer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      exported.push(Buffer.concat(chunks));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exported,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
