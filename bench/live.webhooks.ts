import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fillWithTasks } from './replay.tasks';
import { pause, round } from './figures';
import type { BenchStack } from './stack';

const EVENTS = 20_000;
/** Deliveries a second to one receiver. */
const GATE = 500;
const PATIENCE_MS = 120_000;

/**
 * Deliveries a second to one receiver on loopback that answers at once: from the event in the log to the row of the delivery
 * log, signed, each a request of its own. The stack has `gateway`, `identity` and `notifications`, the last of which may call
 * loopback (ALLOW_PRIVATE_WEBHOOKS); tasks must not run, or it would work on the events.
 */
export async function webhookDeliveries(stack: BenchStack, print: (line: object) => void): Promise<void> {
  const receiver = await startReceiver();
  try {
    const response = await fetch(`${stack.url}/api/v1/webhooks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ url: receiver.url, events: ['task.*'] }),
    });
    if (response.status !== 201) throw new Error(`no webhook: ${response.status} ${await response.text()}`);
    const began = performance.now();
    await fillWithTasks(stack.log, EVENTS);
    const deadline = began + PATIENCE_MS;
    while (receiver.ids.size < EVENTS && performance.now() < deadline) await pause(20);
    const [first = began, last = began] = [receiver.arrivals[0], receiver.arrivals.at(-1)];
    const value = Math.round((receiver.arrivals.length - 1) / ((last - first) / 1_000));
    print({
      ...{ bench: 'live', what: 'webhook deliveries per second to one receiver', value, gate: GATE },
      ...{ deliveries: receiver.ids.size, repeated: receiver.arrivals.length - receiver.ids.size },
      first_after_ms: round(first - began),
      reached: value >= GATE && receiver.ids.size === EVENTS,
    });
  } finally {
    await receiver.stop();
  }
}

interface Receiver {
  readonly url: string;
  /** Of the deliveries that came. */
  readonly ids: ReadonlySet<string>;
  /** When they came, in monotonic milliseconds. */
  readonly arrivals: readonly number[];
  stop(): Promise<void>;
}

async function startReceiver(): Promise<Receiver> {
  const ids = new Set<string>();
  const arrivals: number[] = [];
  const server: Server = createServer((request, response) => {
    request.resume().on('end', () => {
      ids.add(String(request.headers['webhook-id']));
      arrivals.push(performance.now());
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ...{ ids, arrivals },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
