import { createHash } from 'node:crypto';
import { allEvents, type AgentEvent } from '@ao/contracts';
import { createEventLog, type EventLog } from '@ao/event-log';
import { isoTime, newId, streamId } from '@ao/kernel';
import { connectBus } from '@ao/messaging';
import { WebSocket } from 'ws';
import { latencyOf, middleLatency, pause, round, type Latency } from './figures';
import { fillWithFleet } from './fleet';
import { webhookDeliveries } from './live.webhooks';
import { benchStack, type BenchStack } from './stack';

const CLIENTS = Number(process.env.BENCH_LIVE_CLIENTS ?? 1_000);
const SECONDS = Number(process.env.BENCH_LIVE_SECONDS ?? 10);
const PER_SECOND = 500;
/** Each of them concerns so many of the clients. */
const CONCERNED = 50;
const RUNS = 3;
const OPENING_AT_ONCE = 50;
const LATENCY_GATE_MS = 100;
const MEMORY_GATE_MB = 300;

export interface LiveBenchOptions {
  readonly print: (line: object) => void;
}

/**
 * Listeners at one gateway, each with a socket and a subscription to one agent: from the moment an event was written to the
 * log (and, beside it, was due to be) through NATS and the hub to the client. The clients are this process. Then webhooks.
 * `BENCH_LIVE=sockets` or `webhooks` runs one of the two.
 */
export async function liveBench({ print }: LiveBenchOptions): Promise<void> {
  const only = process.env.BENCH_LIVE;
  if (only !== 'webhooks') await sockets(print);
  if (only !== 'sockets') await webhooks(print);
}

async function webhooks(print: (line: object) => void): Promise<void> {
  const stack = await benchStack({ services: ['gateway', 'identity', 'notifications'] });
  try {
    await webhookDeliveries(stack, print);
  } finally {
    await stack.stop();
  }
}

async function sockets(print: (line: object) => void): Promise<void> {
  const line = (what: string, figures: object) => print({ bench: 'live', what, ...figures });
  const stack = await benchStack({ services: ['gateway', 'identity'] });
  const bus = await connectBus({ url: stack.natsUrl, name: 'bench', ...stack.natsCredentials('registry') });
  // Written as a service writes: announced to whoever listens.
  const log = createEventLog({ pool: stack.pool, bus: bus.commitBus() });
  const clients: WebSocket[] = [];
  try {
    const agents = Math.max(1, Math.round(CLIENTS / CONCERNED));
    const { agentIds } = await fillWithFleet(log, {
      ...{ agents, each: 0, names: 0, texts: 0, heartbeatIntervalSeconds: 30 },
    });
    await stack.caughtUp(['gateway']);
    const before = await stack.collected('gateway');
    const heard = new Heard();
    await openClients(stack, agentIds, clients, heard);
    const after = await stack.collected('gateway');
    line(`memory of the gateway with ${CLIENTS} sockets, MB`, {
      ...{ value: after.resident, gate: MEMORY_GATE_MB, reached: after.resident < MEMORY_GATE_MB },
      ...{ without_sockets: before.resident, heap: after.heap, buffers: after.buffers },
    });
    await flow(log, agentIds, heard, 2);
    const runs: Latency[] = [];
    const whole: Latency[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const cpu = stack.cpu();
      whole.push(await flow(log, agentIds, heard, SECONDS));
      const used = stack.cpu();
      runs.push(latencyOf(heard.sinceLogged));
      const cores = (name: 'gateway' | 'postgres' | 'nats' | 'this') => round((used[name] - cpu[name]) / SECONDS);
      line('cores used meanwhile', {
        ...{
          gateway: cores('gateway'),
          postgres: cores('postgres'),
          nats: cores('nats'),
          load_generator: cores('this'),
        },
      });
    }
    const latency = middleLatency(runs);
    const load = `${CLIENTS} clients, ${PER_SECOND} events/s of which each concerns ${CLIENTS / agents}`;
    line(`event in the log to client, ${load}`, {
      ...{ ...latency, runs: runs.map(({ p99_ms }) => p99_ms), gate: LATENCY_GATE_MS },
      reached: latency.p99_ms < LATENCY_GATE_MS,
    });
    line('the same from when it was due to be written', middleLatency(whole));
    line('memory of the gateway afterwards, MB', await stack.collected('gateway'));
  } finally {
    for (const client of clients) client.terminate();
    await log.close();
    await bus.drain();
    await stack.stop();
  }
}

/** What came, and how long after it was due; Postgres' clock is this machine's. */
class Heard {
  milliseconds: number[] = [];
  /** The same from the moment it was written to the log. */
  sinceLogged: number[] = [];
  count = 0;
  subscribed = 0;

  take(text: string): void {
    if (!text.startsWith('{"type":"event"')) {
      if (text.startsWith('{"type":"subscribed"')) this.subscribed += 1;
      return;
    }
    const now = Date.now();
    const at = text.lastIndexOf('"at":"') + 6;
    this.milliseconds.push(now - Date.parse(text.slice(at, at + 24)));
    const time = text.indexOf('"time":"') + 8;
    this.sinceLogged.push(now - Date.parse(`${text.slice(time, time + 23)}Z`));
    this.count += 1;
  }
}

async function openClients(stack: BenchStack, agentIds: readonly string[], clients: WebSocket[], heard: Heard) {
  const url = `${stack.url.replace('http', 'ws')}/api/v1/ws`;
  for (let from = 0; from < CLIENTS; from += OPENING_AT_ONCE) {
    for (let n = from; n < Math.min(from + OPENING_AT_ONCE, CLIENTS); n += 1) {
      const query = `?events=agent.status&agent_id=${agentIds[n % agentIds.length]!}`;
      const headers = { authorization: `Bearer ${stack.apiKey}` };
      const client = new WebSocket(url + query, { headers, perMessageDeflate: false });
      client.on('message', (data) => heard.take((data as Buffer).toString('latin1')));
      client.on('error', (error) => process.stderr.write(`a client was lost: ${error.message}\n`));
      clients.push(client);
    }
    await until(() => heard.subscribed >= Math.min(from + OPENING_AT_ONCE, CLIENTS), 'not all could subscribe');
  }
}

/** Writes each event when it is due, whether those before are committed or not. */
async function flow(log: EventLog, agentIds: readonly string[], heard: Heard, seconds: number): Promise<Latency> {
  heard.milliseconds = [];
  heard.sinceLogged = [];
  const each = CLIENTS / agentIds.length;
  const total = PER_SECOND * seconds;
  const expected = heard.count + total * each;
  const begun = Date.now();
  const writing: Promise<void>[] = [];
  for (let sent = 0; sent < total;) {
    for (; sent < total && begun + (sent * 1_000) / PER_SECOND <= Date.now(); sent += 1) {
      const agent_id = agentIds[sent % agentIds.length]!;
      const busy = Math.floor(sent / agentIds.length) % 2 === 0;
      const at = isoTime(begun + (sent * 1_000) / PER_SECOND);
      writing.push(append(log, { type: busy ? 'AgentMarkedBusy' : 'AgentActivated', data: { agent_id, at } }));
    }
    await pause(1);
  }
  await Promise.all(writing);
  await until(() => heard.count >= expected, 'not every client heard every event');
  return latencyOf(heard.milliseconds);
}

async function append(log: EventLog, { type, data }: AgentEvent): Promise<void> {
  const command_id = newId();
  const { category, schemaVersion } = allEvents[type];
  const outcome = await log.append({
    streams: [
      { stream_id: streamId(category, data.agent_id), events: [{ type, data, schema_version: schemaVersion }] },
    ],
    metadata: {
      actor: { type: 'system', id: 'bench' },
      ...{ correlation_id: command_id, causation_id: command_id, command_id },
    },
    command_hash: createHash('sha256').update(command_id).digest('hex'),
    result: {},
  });
  if (outcome.kind !== 'appended') throw new Error(`not appended: ${outcome.kind}`);
}

async function until(holds: () => boolean, otherwise: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(otherwise);
    await pause(5);
  }
}
