import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface OpenLoad {
  readonly url: string;
  readonly connections: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** The whole text of the nth request. */
  readonly request: (n: number) => string;
}

export interface OpenMeasured {
  readonly answered: number;
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

const TICK_MS = 1;
const ANSWER_WITHIN_MS = 30_000;

/** A request of HTTP/1.1 that keeps its connection. */
export function requestText(method: string, path: string, key: string, body?: object): string {
  const text = body === undefined ? '' : JSON.stringify(body);
  const length = body === undefined ? '' : `content-type: application/json\r\ncontent-length: ${text.length}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer ${key}\r\n${length}\r\n${text}`;
}

/**
 * Sends each request when its time has come, answered or not, over kept connections, one at a time on each. Times run from
 * the moment a request was due. Plain sockets: a client library would cost more than what it measures.
 * @throws when an answer is not 2xx
 */
export async function openLoop({ url, connections, perSecond, seconds, request }: OpenLoad): Promise<OpenMeasured> {
  const { hostname, port } = new URL(url);
  const times: number[] = [];
  const waiting: { readonly text: string; readonly due: number }[] = [];
  let refused: string | undefined;
  const lines = await Promise.all(Array.from({ length: connections }, () => Line.open(hostname, Number(port), take)));
  const idle = [...lines];

  function take(line: Line, status: number, text: string, due: number): void {
    times.push(performance.now() - due);
    if (status < 200 || status > 299) refused ??= `${status} ${text}`;
    const next = waiting.shift();
    if (next) line.send(next.text, next.due);
    else idle.push(line);
  }

  const total = perSecond * seconds;
  const begun = performance.now();
  for (let sent = 0; sent < total;) {
    const now = performance.now();
    for (; sent < total && begun + (sent * 1_000) / perSecond <= now; sent += 1) {
      const due = begun + (sent * 1_000) / perSecond;
      // The one that rests longest: a server closes those that rest too long.
      const line = idle.shift();
      if (line) line.send(request(sent), due);
      else waiting.push({ text: request(sent), due });
    }
    await pause(TICK_MS);
  }
  for (const deadline = performance.now() + ANSWER_WITHIN_MS; times.length < total; await pause(5)) {
    if (performance.now() > deadline) throw new Error(`only ${times.length} of ${total} requests were answered`);
  }
  for (const line of lines) line.close();
  if (refused !== undefined) throw new Error(`${url} did not answer all with 2xx: ${refused}`);
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round(times[Math.floor(share * (times.length - 1))]! * 100) / 100;
  return { answered: times.length, p50: at(0.5), p99: at(0.99), longest: at(1) };
}

type Take = (line: Line, status: number, text: string, due: number) => void;

/** One connection with at most one request under way. */
class Line {
  private due = 0;
  private busy = false;
  private received: Buffer = Buffer.alloc(0);

  static async open(host: string, port: number, take: Take): Promise<Line> {
    const socket = connect({ host, port, noDelay: true });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new Line(socket, take);
  }

  private constructor(
    private readonly socket: Socket,
    private readonly take: Take,
  ) {
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.busy) this.take(this, 0, 'the connection was closed', this.due);
    });
  }

  send(text: string, due: number): void {
    this.due = due;
    this.busy = true;
    this.socket.write(text);
  }

  close(): void {
    this.busy = false;
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const end = this.received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.received.toString('latin1', 0, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.received.length < end + 4 + length) return;
    const status = Number(head.slice(9, 12));
    const text = status > 299 ? this.received.toString('utf8', end + 4) : '';
    this.received = Buffer.alloc(0);
    this.busy = false;
    this.take(this, status, text, this.due);
  }
}
