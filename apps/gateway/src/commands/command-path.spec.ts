import { recordHeartbeat, registerAgent, revokeApiKey, submitTask } from '@ao/contracts';
import { reject, type CommandMetadata } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import type { Call } from '../http/call';
import { ANONYMOUS } from '../http/principal';
import { Problem } from '../http/problem';
import { CommandPath, type CommandSurroundings } from './command-path';
import { ModelPositions } from './model-positions';

const TASK = {
  type: 'test',
  payload: {},
  priority: 40,
  requirements: { capabilities: [] },
  retry: { max_attempts: 3, initial_delay_ms: 0, factor: 1, max_delay_ms: 0, jitter: 0 },
  lease_seconds: 60,
};

function harness(answer: (metadata: CommandMetadata) => unknown, around: CommandSurroundings = {}) {
  const sent: CommandMetadata[] = [];
  const headers = new Map<string, string>();
  const client = {
    send: async (_contract: unknown, _data: unknown, metadata: CommandMetadata) => {
      sent.push(metadata);
      return answer(metadata);
    },
    query: async (_contract: unknown, _data: unknown, metadata: CommandMetadata) => answer(metadata),
  } as unknown as CommandClient;
  const positions = new ModelPositions(async () => []);
  const path = new CommandPath(client, positions, { now: () => 1_000 }, around);
  const call = (overrides: Partial<Call> = {}): Call => ({
    actor: { type: 'operator', id: 'test' },
    correlationId: '00000000-0000-7000-8000-0000000000c0',
    causationId: '00000000-0000-7000-8000-0000000000ca',
    principal: ANONYMOUS,
    address: '127.0.0.1',
    respondAsync: false,
    reply: {
      header: (name: string, value: string) => headers.set(name, value),
      getHeader: (name: string) => headers.get(name),
    } as unknown as Call['reply'],
    ...overrides,
  });
  return { path, positions, sent, headers, call };
}

const done = (position: number) => ({ kind: 'done', result: { task_id: 'x', submitted_at: 'now' }, position });

describe('the command path', () => {
  it('should mark a command with who caused it and until when its answer is awaited', async () => {
    const { path, sent, call } = harness(() => done(0));
    await path.send(call({ traceparent: '00-1-2-01' }), submitTask, TASK);
    expect(sent[0]).toMatchObject({
      actor: { type: 'operator', id: 'test' },
      correlation_id: '00000000-0000-7000-8000-0000000000c0',
      causation_id: '00000000-0000-7000-8000-0000000000ca',
      traceparent: '00-1-2-01',
      deadline: 6_000,
      idempotent: false,
    });
  });

  it('should wait until the models show the write, and name its position', async () => {
    const { path, positions, headers, call } = harness(() => done(7));
    let answered = false;
    const sending = path.send(call(), submitTask, TASK, { models: ['tasks'] }).then(() => (answered = true));
    positions.announced({ model: 'tasks', position: 6 });
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    positions.announced({ model: 'tasks', position: 7 });
    await sending;
    expect(headers.get('log-position')).toBe('7');
    expect(path.lastWriteOf('tasks')).toBe(7);
  });

  it('should not wait when the caller prefers to go on', async () => {
    const { path, headers, call } = harness(() => done(7));
    await path.send(call({ respondAsync: true }), submitTask, TASK, { models: ['tasks'] });
    expect(headers.get('preference-applied')).toBe('respond-async');
  });

  it('should keep the highest position of several writes', async () => {
    const { path, headers, call } = harness((metadata) => done(metadata.idempotent ? 9 : 4));
    const reply = call();
    await path.send({ ...reply, idempotentCommandId: 'id' }, submitTask, TASK);
    await path.send(reply, submitTask, TASK);
    expect(headers.get('log-position')).toBe('9');
  });

  it('should use the id that the key gives, another one per part, and the same ones again', async () => {
    const { path, sent, call } = harness(() => done(0));
    const keyed = call({ idempotentCommandId: '00000000-0000-5000-8000-000000000001' });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await path.send(keyed, submitTask, TASK);
      await path.send(keyed, submitTask, TASK, { part: 1 });
    }
    expect(sent.every((metadata) => metadata.idempotent)).toBe(true);
    expect(sent[0]?.command_id).toBe('00000000-0000-5000-8000-000000000001');
    expect(sent[1]?.command_id).not.toBe(sent[0]?.command_id);
    expect(sent.slice(2).map((m) => m.command_id)).toEqual(sent.slice(0, 2).map((m) => m.command_id));
  });

  it('rejects the same key while its first request is under way, and takes it again afterwards', async () => {
    let release: (() => void) | undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { path, call } = harness(() => gate.then(() => done(0)));
    const keyed = call({ idempotentCommandId: '00000000-0000-5000-8000-000000000001' });
    const first = path.send(keyed, submitTask, TASK);
    await expect(path.send(keyed, submitTask, TASK)).rejects.toMatchObject({
      status: 409,
      code: 'idempotency_key_in_flight',
      options: { headers: { 'retry-after': '1' } },
    });
    release?.();
    await first;
    await expect(path.send(keyed, submitTask, TASK)).resolves.toBeDefined();
  });

  it.each([
    ['invalid', 'x', 422],
    ['not_found', 'x', 404],
    ['conflict', 'x', 409],
    ['conflict', 'idempotency_key_reused', 422],
    ['precondition_failed', 'x', 412],
    ['forbidden', 'x', 403],
    ['too_large', 'x', 413],
    ['unavailable', 'service_unavailable', 503],
    ['unavailable', 'internal_error', 500],
  ] as const)('should answer a refusal %s/%s with %i', async (kind, code, status) => {
    const { path, call } = harness(() => reject(kind, code, 'Expected to test, but no', '/field'));
    const refusal = (await path.send(call(), submitTask, TASK).catch((error: unknown) => error)) as Problem;
    expect(refusal).toBeInstanceOf(Problem);
    expect(refusal).toMatchObject({ status, detail: 'Expected to test, but no' });
    expect(refusal.options.errors).toEqual([{ pointer: '/field', message: 'Expected to test, but no' }]);
    expect(refusal.options.headers?.['retry-after']).toBe(status === 503 ? '1' : undefined);
  });

  it('should name the command whose outcome is unknown', async () => {
    const { path, sent, call } = harness(() => reject('unavailable', 'outcome_unknown', 'who knows'));
    const refusal = (await path.send(call(), submitTask, TASK).catch((error: unknown) => error)) as Problem;
    expect(refusal.body('r')).toMatchObject({ status: 503, code: 'outcome_unknown', command_id: sent[0]?.command_id });
    expect(refusal.message).toContain('Idempotency-Key');
    expect(refusal.message).not.toContain('who knows');
  });

  it('should let a face say a refusal in its own words', async () => {
    const { path, call } = harness(() => reject('unavailable', 'service_unavailable', 'nobody answers'));
    const refusal = () => new Problem(503, 'x', 'Task distributor not available');
    await expect(path.query(call(), registerAgent, {} as never, { refusal })).rejects.toThrow('Task distributor');
  });

  it('should mark a write with where it came from, sealed, and no telemetry', async () => {
    let sealed: string | undefined | Promise<string | undefined> = 'sealed at once';
    const { path, sent, call } = harness(() => done(0), { sealedAddress: () => sealed });
    await path.send(call(), submitTask, TASK);
    sealed = Promise.resolve('sealed in time');
    await path.send(call(), submitTask, TASK);
    sealed = undefined;
    await path.send(call(), submitTask, TASK);
    sealed = 'not for beats';
    await path.send(call(), recordHeartbeat, { agent_id: 'a', load_metrics: {} }, { telemetry: true });
    expect(sent.map(({ address }) => address)).toEqual(['sealed at once', 'sealed in time', undefined, undefined]);
    expect(sent[2]).not.toHaveProperty('address');
  });

  it('should answer a change of who may what once this replica judges by it', async () => {
    const order: string[] = [];
    const { path, call } = harness(() => done(9), {
      judgedAt: async (position) => void order.push(`judged at ${position}`),
    });
    await path.send(call(), submitTask, TASK);
    await path.send(call(), revokeApiKey, { api_key_id: '00000000-0000-7000-8000-0000000000aa' });
    order.push('answered');
    expect(order).toEqual(['judged at 9', 'answered']);
  });
});
