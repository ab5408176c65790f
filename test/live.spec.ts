import { Client, ForbiddenError, InvalidRequestError, UnauthenticatedError, Worker } from '@agent-orchestration/sdk';
import { allEvents, matchesPattern, publicEventOf, type PublicEvent } from '@ao/contracts';
import { createEventLog, type EventLog } from '@ao/event-log';
import { derivedId, streamId } from '@ao/kernel';
import { tcpProxy } from '@ao/messaging/testing';
import { eventually, testStack, type TestStack } from '@ao/testing';
import { WebSocket } from 'ws';
import { appendFacts } from '../apps/gateway/src/access/append-facts.testing';
import { EventSourceClient } from './event-source.fixture';
import { IdentityClient, type Person } from './identity-api.fixture';

const CLIENTS = 100;
const CUTS = 20;

type Frame = Record<string, unknown> & { readonly type: string; readonly position?: number };

/** What happens, live, against everything real: sockets as the documents print them, and server-sent events. */
describe('live events', () => {
  let stack: TestStack;
  let api: IdentityClient;
  let admin: Person;
  let log: EventLog;
  const open = new Set<{ close(): void }>();

  beforeAll(async () => {
    stack = await testStack({
      services: ['gateway', 'identity', 'registry', 'tasks'],
      env: { BOOTSTRAP_RATE_PER_MINUTE: '1000000' },
    });
    api = new IdentityClient(stack);
    admin = await api.logIn(stack.admin);
    log = createEventLog({ pool: stack.database.pool('admin') });
  }, 120_000);
  afterEach(() => {
    for (const each of open) each.close();
    open.clear();
  });
  afterAll(async () => {
    await log?.close();
    await stack?.stop();
  });

  const bearer = (token = stack.apiKey) => ({ authorization: `Bearer ${token}` });
  const socketUrl = (path: string) => `${stack.url.replace('http', 'ws')}${path}`;
  function socket(path: string, options: { headers?: Record<string, string> } = {}) {
    const ws = new WebSocket(socketUrl(path), options);
    const frames: Frame[] = [];
    ws.on('message', (data) => frames.push(JSON.parse((data as Buffer).toString()) as Frame));
    ws.on('error', () => undefined);
    open.add({ close: () => ws.terminate() });
    const closed = new Promise<{ code: number; reason: string }>((resolve) =>
      ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    );
    return { ws, frames, closed };
  }
  const source = (query = '', headers: Record<string, string> = bearer()) => {
    const client = new EventSourceClient(`${stack.url}/api/v1/events/stream${query}`, headers);
    open.add({ close: () => client.cut() });
    return client;
  };
  const frame = (frames: readonly Frame[], type: string) =>
    eventually(() => {
      const found = frames.find((each) => each.type === type);
      if (!found) throw new Error(`no ${type} yet: ${JSON.stringify(frames)}`);
      return found;
    });
  /** The log as those outside hear of it. */
  async function told(after: number): Promise<PublicEvent[]> {
    const all: PublicEvent[] = [];
    for (;;) {
      const events = await log.read({ after, limit: 5_000 });
      if (events.length === 0) return all;
      all.push(...events.flatMap((event) => publicEventOf(event as Parameters<typeof publicEventOf>[0]) ?? []));
      after = events.at(-1)!.position;
    }
  }
  async function alertRaised(source: string): Promise<void> {
    const alert_id = derivedId('test-alert', source);
    const data = {
      ...{ alert_id, kind: 'service_unhealthy', source, severity: 'critical', message: 'does not answer', details: {} },
      at: new Date().toISOString(),
    };
    await appendFacts(log, { stream: streamId('alert', alert_id), contract: allEvents.AlertRaised, data });
  }
  const submit = (body: object = {}) => api.operator('POST', '/api/v1/tasks', { type: 'live', ...body });

  it("should speak with the operations document's own program", async () => {
    await api.operator('POST', '/agents/register', { agent_id: 'live-1', agent_type: 'worker' });
    const [agent] = (await api.operator('GET', '/v1/agents')).body['data'] as { id: string }[];
    const said: [string, Record<string, unknown>][] = [];
    // As printed, with the address, the key and the agent filled in, and the brace that the document forgot.
    const program = new Function(
      'WebSocket',
      'console',
      `
const ws = new WebSocket('${socketUrl('/v1/ws')}');

// Authentication
ws.onopen = function() {
  ws.send(JSON.stringify({
    type: 'auth',
    token: '${stack.apiKey}'
  }));
  subscribe();
};
ws.onmessage = function(event) {
  const data = JSON.parse(event.data);

switch(data.type) {
  case 'agent_status_change':
    console.log('Agent status changed:', data.payload);
    break;
  case 'task_completed':
    console.log('Task completed:', data.payload);
    break;
  case 'system_alert':
    console.log('System alert:', data.payload);
    break;
}
};
function subscribe() {
// Subscribe to specific agent events
ws.send(JSON.stringify({
   type: 'subscribe',
   channel: 'agent_events',
   agent_id: '${agent!.id}'
}));

// Subscribe to system-wide events
ws.send(JSON.stringify({
   type: 'subscribe',
   channel: 'system_events'
}));
}
return ws;`,
    ) as (...given: unknown[]) => WebSocket;
    const ws = program(WebSocket, { log: (...words: [string, Record<string, unknown>]) => said.push(words) });
    open.add({ close: () => ws.terminate() });
    const subscribed: unknown[] = [];
    ws.on('message', (data) => subscribed.push(JSON.parse((data as Buffer).toString())));
    await eventually(() => expect(subscribed.filter((each) => (each as Frame).type === 'subscribed')).toHaveLength(2));
    const worker = new Worker({
      ...{ baseUrl: stack.url, apiKey: stack.apiKey, agentId: 'live-1', agentType: 'worker' },
      capabilities: ['live'],
      handler: () => ({ done: true }),
    });
    await worker.start();
    try {
      const { task_id } = (await submit({ requirements: { capabilities: ['live'] } })).body as { task_id: string };
      await alertRaised('the program');
      const of = (words: string) => said.filter(([first]) => first === words).map(([, payload]) => payload);
      await eventually(() =>
        expect(of('System alert:')).toMatchObject([{ severity: 'critical', source: 'the program' }]),
      );
      await eventually(() =>
        expect(of('Task completed:')).toMatchObject([
          { task_id: `task_${task_id.replaceAll('-', '')}`, status: 'completed', result: { done: true } },
        ]),
      );
      // Once as an event of the agent and of the system.
      await api.operator('PUT', '/agents/live-1/status', { status: 'busy' });
      await eventually(() =>
        expect(of('Agent status changed:')).toMatchObject([{ agent_id: agent!.id, status: 'busy' }]),
      );
    } finally {
      await worker.stop();
    }
  });

  it("should take the platform document's messages, with a token in the query or in the first message", async () => {
    for (const path of ['/api/v1/ws', '/ws']) {
      const byQuery = socket(`${path}?token=${admin.token}`);
      await frame(byQuery.frames, 'authenticated');
      byQuery.ws.send('{"type": "ping"}');
      expect(await frame(byQuery.frames, 'pong')).toEqual({ type: 'pong' });
      const names =
        'agent.status, task.created, task.updated, task.completed, task.failed, worker.online, worker.offline, message.new, notification, system.alert';
      for (const event of names.split(', ')) byQuery.ws.send(`{"type": "subscribe", "event": "${event}"}`);
      await eventually(() => expect(byQuery.frames.filter(({ type }) => type === 'subscribed')).toHaveLength(10));
      const byMessage = socket(path);
      byMessage.ws.once('open', () => {
        byMessage.ws.send(JSON.stringify({ type: 'auth', token: admin.token }));
        byMessage.ws.send('{"type": "subscribe", "event": "task.created"}');
      });
      await frame(byMessage.frames, 'subscribed');
      const { task_id } = (await submit()).body as { task_id: string };
      for (const { frames } of [byQuery, byMessage]) {
        expect(await frame(frames, 'event')).toMatchObject({
          ...{ type: 'event', event: 'task.created', position: expect.any(Number) as number },
          ...{ subject: { kind: 'task', id: task_id }, data: { task_id, type: 'live' } },
        });
      }
    }
    expect(stack.service('gateway').output.join('\n')).not.toContain(admin.token);
  });

  it('should send the same as server-sent events, from the last one on', async () => {
    const first = source('?events=task.created');
    const answer = await first.answered;
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const { task_id } = (await submit()).body as { task_id: string };
    await eventually(() =>
      expect(first.events).toMatchObject([{ event: 'task.created', data: { subject: { id: task_id } } }]),
    );
    const { id, data } = first.events[0]!;
    expect(id).toBe(String(data['position']));
    first.cut();
    await submit();
    await alertRaised('server-sent events');
    const again = source('?events=task.created,system.alert&from_position=0', { ...bearer(), 'last-event-id': id! });
    const expected = (await told(Number(id))).filter(({ name }) => ['task.created', 'system.alert'].includes(name));
    await eventually(() =>
      expect(again.events.map((each) => each.data['position'])).toEqual(expected.map((e) => e.position)),
    );
  });

  it('rejects of server-sent events what it must, and answers HEAD without a stream', async () => {
    const key = (await api.operator('POST', '/api/v1/security/api-keys', { name: 'tasks', scopes: ['tasks:read'] }))
      .body;
    const ask = async (query: string, headers: Record<string, string>) => {
      const response = await source(query, headers).answered;
      return response.statusCode;
    };
    expect(await ask('', {})).toBe(401);
    // In the query a token is none.
    expect(await ask(`?token=${stack.apiKey}`, {})).toBe(401);
    expect(await ask('?events=agent.status', bearer(key['key'] as string))).toBe(403);
    expect(await ask('?events=agent.exploded', bearer())).toBe(422);
    expect(await ask('?from_position=999999999', bearer())).toBe(422);
    expect(await ask('', { ...bearer(), 'last-event-id': 'yesterday' })).toBe(400);
    const head = await fetch(`${stack.url}/api/v1/events/stream`, { method: 'HEAD', headers: bearer() });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const listening = source('', bearer(key['key'] as string));
    await eventually(() => expect(listening.sent.map(({ event }) => event)).toEqual(['subscribed']));
    const since = performance.now();
    expect((await api.operator('DELETE', `/api/v1/security/api-keys/${String(key['id'])}`)).status).toBe(200);
    await listening.ended;
    expect(performance.now() - since).toBeLessThan(2_500);
    expect(listening.sent.at(-1)).toMatchObject({ event: 'closing', data: { code: 'unauthenticated' } });
  });

  it('should be iterated by the SDK, which goes on where it was cut off and ends with what is refused', async () => {
    const proxy = await tcpProxy(Number(new URL(stack.url).port));
    const client = new Client({ baseUrl: `http://127.0.0.1:${proxy.port}`, apiKey: stack.apiKey });
    const from = await log.head();
    const subscription = client.events.subscribe({
      ...{ events: ['task.created'], fromPosition: from, reconnect: { baseMs: 5, capMs: 20 } },
    });
    const positions: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      await submit();
      if (n % 3 === 0) proxy.cut();
    }
    for await (const { name, position, data } of subscription) {
      expect([name, data['type']]).toEqual(['task.created', 'live']);
      positions.push(position);
      if (positions.length % 4 === 0) proxy.cut();
      if (positions.length === 12) break;
    }
    const created = (await told(from)).filter(({ name }) => name === 'task.created');
    expect(positions).toEqual(created.map(({ position }) => position));
    expect(await subscription.next()).toEqual({ value: undefined, done: true });

    const gone = new AbortController();
    const aborted = client.events.subscribe({ signal: gone.signal }).next();
    gone.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    await expect(client.events.subscribe({ events: ['x.y'] }).next()).rejects.toBeInstanceOf(InvalidRequestError);
    await expect(client.events.subscribe({ taskId: 'none' }).next()).rejects.toBeInstanceOf(InvalidRequestError);
    const made = (await api.operator('POST', '/api/v1/security/api-keys', { name: 'few', scopes: ['tasks:read'] }))
      .body;
    const few = new Client({ baseUrl: stack.url, apiKey: made['key'] as string });
    await expect(few.events.subscribe({ events: ['system.alert'] }).next()).rejects.toBeInstanceOf(ForbiddenError);
    const ended = few.events.subscribe();
    await eventually(() => expect(ended.position).toBeDefined());
    await api.operator('DELETE', `/api/v1/security/api-keys/${String(made['id'])}`);
    await expect(ended.next()).rejects.toBeInstanceOf(UnauthenticatedError);
    for (const each of [client, few]) each.close();
    await proxy.close();
  });

  describe('listeners that are cut off again and again', () => {
    interface Cut {
      readonly fits: (event: PublicEvent) => boolean;
      readonly got: number[];
      from: number;
      cuts: number;
      /** Opens, is told this many events, and is cut. Without a number it stays until `upTo`. */
      once(events: number | undefined, upTo?: number): Promise<void>;
    }

    const KINDS = [
      { pattern: 'task.*', path: '/api/v1/ws' },
      { pattern: 'task.created', path: '/ws' },
      { pattern: '*', path: '/api/v1/ws' },
      { pattern: 'task.updated', path: '/api/v1/events/stream' },
      { pattern: '*', path: '/api/v1/events/stream' },
    ];

    function listener(index: number, from: number, resumes: boolean): Cut {
      const { pattern, path } = KINDS[index % KINDS.length]!;
      const cut: Cut = {
        fits: ({ name }) => matchesPattern(pattern, name),
        ...{ got: [], from, cuts: 0 },
        once: (events, upTo) =>
          new Promise<void>((resolve, reject) => {
            let left = events ?? Number.POSITIVE_INFINITY;
            const query = `?events=${pattern}${resumes ? `&from_position=${cut.from}` : ''}`;
            const heard = (position: number, close: () => void) => {
              if (left <= 0) return;
              cut.got.push(position);
              cut.from = position;
              left -= 1;
              if (left <= 0 || (upTo !== undefined && position >= upTo)) {
                left = 0;
                close();
              }
            };
            if (path.endsWith('stream')) {
              const client = new EventSourceClient(`${stack.url}${path}${query}`, bearer(), ({ event, data }) => {
                if (data['subject']) heard(data['position'] as number, () => client.cut());
                else if (event === 'subscribed' && left === 0) client.cut();
              });
              client.ended.then(resolve, reject);
              return;
            }
            const ws = new WebSocket(socketUrl(path + query), { headers: bearer() });
            ws.on('message', (data) => {
              const { type, position } = JSON.parse((data as Buffer).toString()) as Frame;
              if (type === 'event') heard(position!, () => ws.terminate());
              else if (type === 'subscribed' && left === 0) ws.terminate();
            });
            ws.on('error', reject);
            ws.on('close', () => resolve());
          }),
      };
      return cut;
    }

    it('should miss nothing, hear nothing twice, and hear it in the order of the log', async () => {
      const from = await log.head();
      const listeners = Array.from({ length: CLIENTS }, (_, index) => listener(index, from, true));
      const controls = Array.from({ length: 3 }, (_, index) => listener(index, from, false));
      let flowing = true;
      const flow = (async () => {
        while (flowing) {
          const tasks = Array.from({ length: 5 }, () => ({ type: 'live', requirements: { capabilities: ['nobody'] } }));
          const { body } = await api.operator('POST', '/api/v1/tasks/bulk', { tasks });
          const [made] = (body as { task_ids: string[] }).task_ids;
          await api.operator('POST', `/api/v1/tasks/${made!}/cancel`, {});
        }
      })();
      const random = () => Math.floor(Math.random() * 6);
      const cutOff = async (each: Cut) => {
        for (; each.cuts < CUTS; each.cuts += 1) await each.once(random());
      };
      try {
        await Promise.all([...listeners, ...controls].map(cutOff));
      } finally {
        flowing = false;
        await flow;
      }
      // One that every pattern covers, as the last.
      await submit({ requirements: { capabilities: ['nobody'] } });
      const all = await told(from);
      const last = (each: Cut) => all.findLast(each.fits)!.position;
      await Promise.all(
        [...listeners].filter((each) => each.from < last(each)).map((each) => each.once(undefined, last(each))),
      );
      for (const each of listeners) {
        expect(each.got).toEqual(all.filter(each.fits).map(({ position }) => position));
      }
      // Who does not say from where on misses what happened meanwhile: there was something to miss.
      for (const each of controls) expect(each.got.length).toBeLessThan(all.filter(each.fits).length);
    }, 120_000);
  });

  it('should show how many listen, and let them go when the gateway ends', async () => {
    const [listening, sent] = [socket('/v1/ws', { headers: bearer() }), source()];
    await frame(listening.frames, 'authenticated');
    await eventually(() => expect(sent.sent).toHaveLength(1));
    const metrics = await (await fetch(`${stack.service('gateway').healthUrl}/metrics`)).text();
    expect(metrics).toMatch(/ao_websocket_connections\{kind="operations-events"[^}]*\} 1\n/);
    expect(metrics).toMatch(/ao_websocket_connections\{kind="event-stream"[^}]*\} 1\n/);
    expect(metrics).toMatch(/ao_live_events_delivered_total\{kind="events"[^}]*\} \d{2,}/);
    const exit = await stack.service('gateway').stop();
    expect(exit).toMatchObject({ code: 0 });
    expect(await listening.closed).toMatchObject({
      code: 1001,
      reason: expect.stringMatching(/resume from \d+$/) as string,
    });
    await sent.ended;
    expect(sent.sent.at(-1)).toMatchObject({ event: 'closing', data: { code: 'going_away' } });
  });
});
