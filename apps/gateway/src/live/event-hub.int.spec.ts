import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@ao/kernel';
import { tcpProxy } from '@ao/messaging/testing';
import { eventually } from '@ao/testing';
import { WebSocket } from 'ws';
import {
  KEY,
  Listener,
  ListeningSide,
  activated,
  cancelled,
  completed,
  notified,
  raised,
  runFailed,
  started,
} from '../../test/event-hub.fixture';
import { BOOTSTRAP } from '../access/principals';
import { eventSource, serverSentEvents } from './event-source';
import { EventStream } from './event-stream';
import { namesOf } from './interest';

/** Listeners on a real log: what they are told, from where on, and what it costs them to be slow. */
describe('the hub of events', () => {
  let side: ListeningSide;
  const open: Listener[] = [];
  const listen = (...args: Parameters<ListeningSide['listen']>) => {
    const listener = side.listen(...args);
    open.push(listener);
    return listener;
  };

  beforeAll(async () => {
    // So little is kept that most of what is asked for comes from the log.
    side = await ListeningSide.start({
      limits: { recent: { events: 20, bytes: 1_000_000 }, bufferedBytes: 256 * 1024, stallMs: 1_500 },
    });
  });
  afterEach(() => {
    for (const { socket } of open.splice(0)) socket.terminate();
    expect(side.errors).toEqual([]);
  });
  afterAll(() => side?.stop());

  describe('subscriptions', () => {
    it('should tell what is subscribed from now on, by name, by pattern and by object, each event once', async () => {
      const [task, other, agent] = [newId(), newId(), newId()];
      await side.tells(await side.happens(completed(task)));
      const byName = listen();
      const byPattern = listen();
      const byObject = listen();
      const twice = listen();
      await byName.subscribes({ event: 'task.completed' });
      await byPattern.subscribes({ event: 'task.*' });
      await byObject.subscribes({ event: '*', task_id: task });
      await twice.subscribes({ event: '*', agent_id: agent });
      await twice.subscribes({ event: 'task.*' });
      const before = await side.log.head();
      await side.happens(started(task, agent), completed(task, 7, agent), started(other), activated(agent));
      const [one, two, three, four] = [1, 2, 3, 4].map((n) => before + n);
      await eventually(() => expect(twice.positions).toEqual([one, two, three, four]));
      expect(byName.positions).toEqual([two]);
      expect(byPattern.positions).toEqual([one, two, three]);
      expect(byObject.positions).toEqual([one, two]);
      expect(byName.events[0]).toEqual({
        ...{ type: 'event', event: 'task.completed', position: two, subject: { kind: 'task', id: task } },
        time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        data: expect.objectContaining({
          event: 'TaskCompleted',
          status: 'completed',
          task_id: task,
          result: 7,
        }) as object,
      });
      expect(JSON.stringify(byName.events)).not.toContain('lease_token');
    });

    it('should stop telling what is unsubscribed, and answer with the id of the request', async () => {
      const listener = listen();
      await side.tells(await side.log.head());
      expect(await listener.subscribes({ id: 'a', event: 'task.updated' })).toMatchObject({
        ...{ type: 'subscribed', id: 'a', event: 'task.updated', position: await side.log.head() },
      });
      await listener.subscribes({ event: 'task.completed' });
      const first = await side.happens(started(newId()));
      await listener.says({ type: 'unsubscribe', event: 'task.updated' });
      await listener.frame('unsubscribed');
      await side.happens(started(newId()));
      const last = await side.happens(completed(newId()));
      await eventually(() => expect(listener.positions).toContain(last));
      expect(listener.positions).toEqual([first, last]);
    });

    it('should answer with ids that are numbers as well, errors too', async () => {
      const listener = listen();
      expect(await listener.subscribes({ id: 7, event: 'task.updated' })).toMatchObject({ type: 'subscribed', id: 7 });
      await listener.says({ type: 'unsubscribe', id: 0, event: 'task.updated' });
      expect(await listener.frame('unsubscribed')).toMatchObject({ id: 0 });
      await listener.says({ type: 'subscribe', id: 8, event: 'task.exploded' });
      await listener.says({ type: 'subscribe', id: true, event: 'task.*' }, { type: 'ping' });
      await listener.frame('pong');
      expect(listener.of('error')).toMatchObject([{ id: 8 }, { errors: [{ pointer: '/id' }] }]);
    });

    it('should close on a frame that is too large, with 1009', async () => {
      const listener = listen();
      await listener.says(JSON.stringify({ type: 'ping', padding: 'x'.repeat(256 * 1024) }));
      expect(await listener.ended()).toMatchObject({ code: 1009 });
    });

    it('should answer a ping', async () => {
      const listener = listen('/ws');
      await listener.says({ type: 'ping', sent: 1 });
      expect(await listener.frame('pong')).toEqual({ type: 'pong' });
    });

    it('should take several at once, and from the URL', async () => {
      const [task, from] = [newId(), await side.log.head()];
      await side.happens(started(task), raised(newId()), completed(task));
      const together = listen();
      await together.subscribes({
        ...{ subscriptions: [{ event: 'task.completed' }, { event: 'task.*', task_id: task }], from_position: from },
      });
      const byUrl = listen(`/ws?events=task.completed,system.alert&from_position=${from}`);
      await eventually(() => expect(together.positions).toEqual([from + 1, from + 3]));
      await eventually(() => expect(byUrl.positions).toEqual([from + 2, from + 3]));
    });

    it.each([
      ['no JSON', '{', 400, 'malformed_json', undefined],
      ['binary', Buffer.from([1, 2]), 400, 'not_text', undefined],
      ['a type that there is not', { type: 'shout' }, 422, 'validation_failed', '/type'],
      ['a name that there is not', { type: 'subscribe', event: 'task.exploded' }, 422, 'validation_failed', '/event'],
      ['no name', { type: 'subscribe' }, 422, 'validation_failed', '/event'],
      ['a word that is not known', { type: 'subscribe', event: '*', taskid: 'x' }, 422, 'validation_failed', '/taskid'],
      [
        'a position of text',
        { type: 'subscribe', event: '*', from_position: '1' },
        422,
        'validation_failed',
        '/from_position',
      ],
      [
        'a position ahead of the log',
        { type: 'subscribe', event: '*', from_position: 1e12 },
        422,
        'position_ahead',
        '/from_position',
      ],
      ['an id that is none', { type: 'subscribe', event: '*', task_id: 'x' }, 422, 'validation_failed', '/task_id'],
      [
        'an agent that there is not',
        { type: 'subscribe', subscriptions: [{ event: '*' }, { event: '*', agent_id: 'nobody' }] },
        422,
        'validation_failed',
        '/subscriptions/1/agent_id',
      ],
      ['keys that reach a prototype', '{"type":"ping","__proto__":{}}', 422, 'validation_failed', '/__proto__'],
      ['an array', [], 422, 'validation_failed', '/type'],
      ['null', 'null', 422, 'validation_failed', '/type'],
    ])('rejects %s by an error frame, and goes on', async (_what, frame, status, code, pointer) => {
      const listener = listen();
      await listener.says(frame, { type: 'ping' });
      await listener.frame('pong');
      expect(listener.of('error')).toMatchObject([
        { status, code, ...(pointer !== undefined && { errors: [{ pointer }] }) },
      ]);
      expect(listener.closed).toBeUndefined();
    });

    it('should let somebody go who sends nothing but what is refused', async () => {
      const listener = listen();
      await listener.says(...Array.from({ length: 120 }, () => 'no json'));
      expect(await listener.ended()).toMatchObject({ code: 1008 });
    });

    it('rejects a URL that says what cannot be before the socket opens', async () => {
      for (const query of ['?events=task.exploded', '?from_position=x', '?task_id=', '?events=']) {
        const listener = listen(`/api/v1/ws${query}`);
        await eventually(() => expect([query, listener.refused]).toEqual([query, 422]));
      }
    });
  });

  describe("the operations API's socket", () => {
    it('should speak as its document does, of an agent by any of its ids, and of the system', async () => {
      const [agent, other, task] = [newId(), newId(), newId()];
      side.agents.set('agent_123', agent);
      const [ofAgent, ofSystem] = [listen('/v1/ws'), listen('/v1/ws')];
      expect(await ofAgent.subscribes({ channel: 'agent_events', agent_id: 'agent_123' })).toMatchObject({
        ...{ type: 'subscribed', channel: 'agent_events', agent_id: 'agent_123' },
      });
      await ofSystem.subscribes({ channel: 'system_events' });
      const before = await side.log.head();
      await side.happens(activated(agent), activated(other), completed(task, 1, agent), completed(task, 2, other));
      await side.happens(raised(newId()), started(task, other));
      const told = (listener: Listener) =>
        listener.frames.filter(({ payload }) => payload).map(({ type, position }) => [type, position! - before]);
      await eventually(() => expect(told(ofSystem)).toHaveLength(6));
      expect(told(ofAgent)).toEqual([
        ['agent_status_change', 1],
        ['task_completed', 3],
      ]);
      expect(told(ofSystem)).toEqual([
        ...[
          ['agent_status_change', 1],
          ['agent_status_change', 2],
          ['task_completed', 3],
          ['task_completed', 4],
        ],
        ...[
          ['system_alert', 5],
          ['task.updated', 6],
        ],
      ]);
      const hex = (id: string) => id.replaceAll('-', '');
      expect(ofAgent.of('task_completed')[0]).toMatchObject({
        payload: { agent_id: `agent_${hex(agent)}`, task_id: `task_${hex(task)}`, status: 'completed', result: 1 },
      });
    });

    it('rejects a channel that there is not, and an agent where none belongs', async () => {
      const listener = listen('/v1/ws');
      expect(await listener.subscribes({ channel: 'gossip' })).toMatchObject({ errors: [{ pointer: '/channel' }] });
      expect(await listener.subscribes({ channel: 'system_events', agent_id: newId() })).toMatchObject({
        errors: [{ pointer: '/agent_id' }],
      });
    });
  });

  it('should tell a notification to its own person alone', async () => {
    const listener = listen();
    await listener.subscribes({ event: '*' });
    // The operator's key is nobody's.
    await side.happens(notified(newId(), newId()));
    const last = await side.happens(activated(newId()));
    await eventually(() => expect(listener.positions).toEqual([last]));
  });

  describe('going on from a position', () => {
    it('should begin with the past, whether it is still kept or read from the log, and go over without a gap', async () => {
      const from = await side.log.head();
      const task = newId();
      for (let n = 0; n < 60; n += 1) await side.happens(started(task), raised(newId()));
      const reads = side.reads;
      const [far, near] = [listen(), listen()];
      const last = await side.log.head();
      await far.subscribes({ event: 'task.updated', from_position: from });
      expect(side.reads).toBeGreaterThan(reads);
      const readsOfFar = side.reads;
      await near.subscribes({ event: 'task.updated', from_position: last - 4 });
      let flowing = true;
      const flow = (async () => {
        while (flowing) await side.happens(started(task), cancelled(task));
      })();
      const during = listen();
      await during.subscribes({ event: 'task.updated', from_position: from });
      await eventually(() => expect(during.positions.length).toBeGreaterThan(80), { timeoutMs: 30_000 });
      flowing = false;
      await flow;
      const expected = (await side.told(from)).filter(({ name }) => name === 'task.updated').map((e) => e.position);
      for (const listener of [far, during]) await eventually(() => expect(listener.positions).toEqual(expected));
      await eventually(() => expect(near.positions).toEqual(expected.filter((position) => position > last - 4)));
      // What was near was served without the log.
      expect(side.reads - readsOfFar).toBeGreaterThan(0);
    });

    it('should tell of a run of a workflow, by its id, and in the words of the operations API', async () => {
      const from = await side.log.head();
      const [run, other] = [newId(), newId()];
      await side.happens(...runFailed(run), ...runFailed(other));
      // So that it is no longer kept.
      for (let n = 0; n < 30; n += 1) await side.happens(raised(newId()));
      const [ofRun, ofSystem] = [listen(), listen('/v1/ws')];
      const run_id = `run_${run.replaceAll('-', '')}`;
      await ofRun.subscribes({ event: 'workflow.*', run_id, from_position: from });
      await ofSystem.subscribes({ channel: 'system_events', from_position: from });
      await eventually(() => expect(ofRun.positions).toEqual([from + 1, from + 2]));
      expect(ofRun.events.map(({ event }) => event)).toEqual(['workflow.step', 'workflow.failed']);
      await eventually(() => expect(ofSystem.of('workflow.failed')).toHaveLength(2));
      expect(ofSystem.of('workflow.step')[0]).toMatchObject({ payload: { run_id, status: 'failed', node: 'extract' } });
      expect(ofSystem.of('workflow.failed')[0]).toMatchObject({
        payload: { run_id, status: 'failed', status_detail: 'failed', failure: { message: 'no memory' } },
      });
      expect(await listen().subscribes({ event: 'workflow.*', run_id: 'run_7' })).toMatchObject({
        ...{ type: 'error', errors: [{ pointer: '/run_id', message: 'must be the id of a run' }] },
      });
    });

    it('should wait for a log that cannot be read, and miss nothing', async () => {
      const from = await side.log.head();
      for (let n = 0; n < 30; n += 1) await side.happens(started(newId()));
      side.failures = 2;
      const listener = listen(`/ws?events=task.updated&from_position=${from}`);
      const expected = (await side.told(from)).map(({ position }) => position);
      await eventually(() => expect(listener.positions).toEqual(expected));
      expect(side.errors.splice(0)).toHaveLength(2);
    });

    it('should tell each event once when a subscription with a past joins others', async () => {
      const [task, from] = [newId(), await side.log.head()];
      for (let n = 0; n < 20; n += 1) await side.happens(started(task), completed(task));
      const listener = listen();
      await listener.says(
        { type: 'subscribe', event: 'task.completed', from_position: from },
        { type: 'subscribe', event: 'task.*', from_position: from },
        { type: 'subscribe', event: '*' },
      );
      await eventually(() => expect(listener.of('subscribed')).toHaveLength(3));
      const last = await side.happens(activated(newId()));
      await eventually(() => expect(listener.positions).toContain(last));
      expect([...listener.positions].sort((a, b) => a - b)).toEqual((await side.told(from)).map((e) => e.position));
    });
  });

  it('should cut off who answers no ping, and keep the others and their connections alive', async () => {
    const own = await ListeningSide.start({ limits: { probeEveryMs: 100 } });
    const answering = own.listen('/ws');
    const socket = new WebSocket(`ws://127.0.0.1:${own.port}/ws`, {
      ...{ headers: { authorization: `Bearer ${KEY}` }, autoPong: false },
    });
    const silent = new Listener(socket);
    let pings = 0;
    answering.socket.on('ping', () => (pings += 1));
    await silent.frame('authenticated');
    expect(await silent.ended()).toMatchObject({ code: 1006 });
    await eventually(() => expect(pings).toBeGreaterThan(3));
    expect(answering.closed).toBeUndefined();
    answering.socket.terminate();
    await own.stop();
  });

  describe('who reads slowly', () => {
    const large = 'x'.repeat(20_000);
    const through = (port: number) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers: { authorization: `Bearer ${KEY}` } });
      const listener = new Listener(socket);
      open.push(listener);
      return listener;
    };

    it('should be closed with the position to go on from, while others hear at once', async () => {
      const proxy = await tcpProxy(side.port);
      const [slow, quick] = [through(proxy.port), listen()];
      await slow.subscribes({ event: 'task.completed' });
      await quick.subscribes({ event: 'task.completed' });
      const from = await side.log.head();
      proxy.stall();
      const delays: number[] = [];
      await eventually(
        async () => {
          const at = performance.now();
          const position = await side.happens(completed(newId(), large));
          await eventually(() => expect(quick.positions.at(-1)).toBe(position), { intervalMs: 1 });
          delays.push(performance.now() - at);
          expect(side.slow).toEqual(['events']);
        },
        { intervalMs: 0, timeoutMs: 30_000 },
      );
      delays.sort((a, b) => a - b);
      expect(delays[Math.floor(delays.length / 2)]).toBeLessThan(200);
      proxy.resume();
      const { code, reason } = await slow.ended();
      const resumeFrom = Number(/resume from (\d+)/.exec(reason)?.[1]);
      expect([code, slow.of('closing')]).toMatchObject([4408, [{ code: 'too_slow', resume_from: resumeFrom }]]);
      // All that it was said to have, it has; the rest comes from there on.
      const all = (await side.told(from)).map(({ position }) => position);
      expect(slow.positions).toEqual(all.filter((position) => position <= resumeFrom));
      const again = listen();
      await again.subscribes({ event: 'task.completed', from_position: resumeFrom });
      await eventually(() => expect([...slow.positions, ...again.positions]).toEqual(all));
      await proxy.close();
    });

    it('should be ended as server-sent events too, with the position as the last id', async () => {
      let stream: EventStream | undefined;
      const server = createServer((_request, response) => {
        stream = new EventStream({
          ...{ hub: side.hub, sink: eventSource(response), codec: serverSentEvents, closeUnauthenticated: 4401 },
          principal: () => BOOTSTRAP,
        });
        stream.open();
        response.once('close', () => stream?.closed());
        stream.subscribe([{ id: 'all', names: namesOf('task.*'), keys: [] }]);
        stream.say('subscribed', { position: side.hub.position });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const proxy = await tcpProxy((server.address() as AddressInfo).port);
      const response = await fetch(`http://127.0.0.1:${proxy.port}/`);
      stream?.probe();
      const from = side.hub.position;
      proxy.stall();
      const slowBefore = side.slow.length;
      await eventually(
        async () => {
          await side.happens(completed(newId(), large.repeat(6)));
          expect(side.slow.slice(slowBefore)).toEqual(['event-stream']);
        },
        { intervalMs: 0, timeoutMs: 30_000 },
      );
      proxy.resume();
      const text = await response.text();
      expect(text).toContain(': keep-alive\n\n');
      const ids = [...text.matchAll(/^id: (\d+)\nevent: (.*)$/gm)];
      const told = ids.filter(([, , event]) => event === 'task.completed').map(([, id]) => Number(id));
      const [, resumeFrom, last] = ids.at(-1)!;
      expect(last).toBe('closing');
      const all = (await side.told(from)).map(({ position }) => position);
      expect(told).toEqual(all.filter((position) => position <= Number(resumeFrom)));
      expect(told.length).toBeLessThan(all.length);
      await proxy.close();
      await new Promise((resolve) => server.close(resolve));
    });

    it('should be given no more of the past than it takes, and be closed when it takes none', async () => {
      const from = await side.log.head();
      for (let n = 0; n < 150; n += 1) await side.happens(completed(newId(), large.repeat(6)));
      const proxy = await tcpProxy(side.port);
      const slow = through(proxy.port);
      await slow.frame('authenticated');
      proxy.stall();
      const [before, slowBefore] = [side.delivered, side.slow.length];
      slow.send({ type: 'subscribe', event: 'task.completed', from_position: from });
      await eventually(() => expect(side.slow).toHaveLength(slowBefore + 1));
      expect(side.delivered - before).toBeLessThan(150);
      proxy.resume();
      const resumeFrom = Number(/resume from (\d+)/.exec((await slow.ended()).reason)?.[1]);
      const again = listen();
      await again.subscribes({ event: 'task.completed', from_position: resumeFrom });
      const all = (await side.told(from)).map(({ position }) => position);
      await eventually(() => expect([...slow.positions, ...again.positions]).toEqual(all));
      await proxy.close();
    });
  });
});
