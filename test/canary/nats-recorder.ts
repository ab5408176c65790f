import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A message that a service published. */
export interface Published {
  readonly subject: string;
  /** Headers and body. */
  readonly bytes: Buffer;
}

export interface NatsRecorder {
  readonly url: string;
  /** Everything but requests to the named services and the answers to them. */
  readonly others: readonly Published[];
  /** Those requests and answers. */
  readonly requests: readonly Published[];
  close(): Promise<void>;
}

/**
 * Between services and nats-server: hears what every one of them publishes, whatever its subject, which no NATS user of
 * ours may.
 */
export async function recordNats(serverUrl: string, ...services: readonly string[]): Promise<NatsRecorder> {
  const others: Published[] = [];
  const requests: Published[] = [];
  const answers = new Set<string>();
  const sockets = new Set<Socket>();
  const heard = (subject: string, reply: string | undefined, bytes: Buffer) => {
    const isRequest = services.some((service) => subject.startsWith(`${service}.`));
    if (isRequest && reply !== undefined) answers.add(reply);
    (isRequest || answers.has(subject) ? requests : others).push({ subject, bytes });
  };
  const target = new URL(serverUrl);
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    const parse = publications(heard);
    client.on('data', (chunk: Buffer) => {
      parse(chunk);
      upstream.write(chunk);
    });
    upstream.pipe(client);
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`,
    others,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const CRLF = Buffer.from('\r\n');

/** Finds PUB and HPUB in what a client sends, however it is cut. */
function publications(heard: (subject: string, reply: string | undefined, bytes: Buffer) => void) {
  let waiting: Buffer = Buffer.alloc(0);
  return (chunk: Buffer): void => {
    waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
    for (;;) {
      const end = waiting.indexOf(CRLF);
      if (end < 0) return;
      const [operation = '', ...words] = waiting.subarray(0, end).toString().split(/\s+/);
      let next = end + CRLF.length;
      if (/^H?PUB$/i.test(operation)) {
        const length = Number(words.at(-1));
        const from = next;
        next += length + CRLF.length;
        if (waiting.length < next) return;
        const names = words.slice(0, operation.length === 4 ? -2 : -1);
        heard(names[0]!, names[1], Buffer.from(waiting.subarray(from, from + length)));
      }
      waiting = waiting.subarray(next);
    }
  };
}
