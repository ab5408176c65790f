import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@ao/testing';

export interface Received {
  /** The header `webhook-id`. */
  readonly id: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly json: Readonly<Record<string, unknown>>;
  /** Monotonic milliseconds. */
  readonly at: number;
}

export interface Said {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What to say; undefined: it says itself what it has to say, or nothing at all. */
export type Answering = (request: Received, response: ServerResponse, nth: number) => Said | undefined | void;

/** Somebody else's HTTP server on loopback, of webhooks, Slack or Telegram, who answers as the test says. */
export interface Receiver {
  /** Without a path. */
  readonly url: string;
  readonly received: readonly Received[];
  answer(answering: Answering): void;
  /** Once there are so many that match. */
  waitFor(what: (received: Received) => boolean, count?: number): Promise<Received[]>;
  /** The events' positions, in the order of arrival. */
  positions(): number[];
  stop(): Promise<void>;
}

export const saying =
  (status: number, headers: Record<string, string> = {}, body = ''): Answering =>
  () => ({ status, headers, body });

export async function startReceiver(answering: Answering = saying(204)): Promise<Receiver> {
  const received: Received[] = [];
  let answer = answering;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { headers, url: path = '' } = request;
      const body = Buffer.concat(chunks).toString();
      const json = JSON.parse(body) as Received['json'];
      const told = { id: String(headers['webhook-id']), path, headers, body, json, at: performance.now() };
      received.push(told);
      const said = answer(told, response, received.length);
      if (said) response.writeHead(said.status ?? 200, { ...said.headers }).end(said.body ?? '');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer: (next) => void (answer = next),
    waitFor: (what, count = 1) =>
      eventually(
        () => {
          const found = received.filter(what);
          if (found.length < count) throw new Error(`${found.length} of ${count} have arrived`);
          return found;
        },
        { timeoutMs: 20_000 },
      ),
    positions: () => received.map(({ json }) => Number(json.id)),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
