import type { ServerToAgent } from '@ao/contracts';
import { isoTime, newId, reject, type Rejection } from '@ao/kernel';
import { eventually } from '@ao/testing';
import { Credentials } from './credentials';
import { TaskDelivery, type AssignedTask } from './task-delivery';

const agentId = newId();
const actor = { type: 'agent', id: agentId } as const;
const gone = reject('not_found', 'secret_not_found', 'gone');
const away = reject('unavailable', 'no_responders', 'away');

type Sent = { name: string; data: Record<string, unknown>; metadata: { actor: object; command_id: string } };

/** `answers`: of identity, by secret; a rejection, or a value. */
function deliveryWith(answers: (secretId: string) => string | Rejection) {
  const sent: Sent[] = [];
  const frames: ServerToAgent[] = [];
  const errors: unknown[] = [];
  const commands = {
    send: async (contract: { name: string }, data: Record<string, unknown>, metadata: Sent['metadata']) => {
      sent.push({ name: contract.name, data, metadata });
      if (contract.name !== 'identity.deliver_secret') return { kind: 'done', result: {}, position: 1 };
      const answer = answers(data.secret_id as string);
      return typeof answer === 'string' ? { kind: 'done', result: { value: answer }, position: 1 } : answer;
    },
  };
  const delivery = new TaskDelivery({ agentId, send: (frame) => void frames.push(frame) }, actor, {
    credentials: new Credentials(commands as never),
    clock: { now: () => Date.now() },
    onError: (error) => errors.push(error),
  });
  const asked = () => sent.filter(({ name }) => name === 'identity.deliver_secret');
  return { delivery, sent, frames, errors, asked };
}

const task = (secrets: readonly string[] = [], leaseMs = 60_000): AssignedTask => ({
  ...{ taskId: newId(), taskType: 'deploy', priority: 50, payload: {}, createdAt: isoTime(0), attempt: 1 },
  ...{ leaseToken: newId(), leaseExpiresAt: isoTime(Date.now() + leaseMs), timeout: leaseMs / 1_000 },
  ...(secrets.length > 0 && {
    credentials: secrets.map((name, index) => ({ name, secret_id: newId(), ...(index === 0 && { version: 3 }) })),
  }),
});

describe('handing a task over', () => {
  it('should be at once when it needs no secret', () => {
    const { delivery, frames, sent } = deliveryWith(() => away);
    const plain = task();
    delivery.deliver(plain);
    expect(frames).toEqual([{ type: 'task_assigned', task: plain }]);
    expect(sent).toEqual([]);
  });

  it('should be with the values, asked for in the name of the agent and for this task', async () => {
    const { delivery, frames, asked } = deliveryWith((id) => `value of ${id}`);
    const deploy = task(['registry.username', 'registry.password']);
    delivery.deliver(deploy);
    const [user, password] = deploy.credentials!;
    await eventually(() => expect(frames).toHaveLength(1));
    const { credentials: _references, ...rest } = deploy;
    expect(frames[0]).toEqual({
      type: 'task_assigned',
      task: {
        ...rest,
        credentials: {
          'registry.username': `value of ${user!.secret_id}`,
          'registry.password': `value of ${password!.secret_id}`,
        },
      },
    });
    expect(asked().map(({ data }) => data)).toEqual([
      { secret_id: user!.secret_id, version: 3, task_id: deploy.taskId, agent_id: agentId },
      { secret_id: password!.secret_id, version: undefined, task_id: deploy.taskId, agent_id: agentId },
    ]);
    expect(asked().every(({ metadata }) => metadata.actor === actor)).toBe(true);
  });

  it('should be once, however often it is told again over the same socket', async () => {
    const { delivery, frames, asked } = deliveryWith(() => 'value');
    const deploy = task(['key']);
    delivery.deliver(deploy);
    delivery.deliver(deploy);
    await eventually(() => expect(frames).toHaveLength(1));
    delivery.deliver(deploy);
    delivery.deliver({ ...deploy, leaseToken: newId() });
    await eventually(() => expect(frames).toHaveLength(2));
    expect(asked()).toHaveLength(2);
  });

  it('should be tried again while identity is away, and cost nothing', async () => {
    let up = false;
    const { delivery, frames, sent } = deliveryWith(() => (up ? 'value' : away));
    delivery.deliver(task(['key']));
    await eventually(() => expect(sent.length).toBeGreaterThanOrEqual(2));
    expect(frames).toEqual([]);
    up = true;
    await eventually(() => expect(frames).toHaveLength(1));
    expect(new Set(sent.map(({ name }) => name))).toEqual(new Set(['identity.deliver_secret']));
  });

  it('should be given up with the lease', async () => {
    const { delivery, frames, asked } = deliveryWith(() => away);
    delivery.deliver(task(['key'], 400));
    await eventually(() => expect(asked().length).toBeGreaterThanOrEqual(1));
    delivery.deliver(task());
    expect(frames).toHaveLength(1);
    expect(asked().length).toBeLessThanOrEqual(2);
  });

  it.each([gone, reject('conflict', 'secret_expired', 'expired')])(
    'should end the task for good when a secret is no more: $code',
    async (refusal) => {
      const { delivery, frames, sent } = deliveryWith(() => refusal);
      const deploy = task(['key']);
      delivery.deliver(deploy);
      const ended = await eventually(() => {
        const found = sent.find(({ name }) => name === 'tasks.complete_task');
        if (!found) throw new Error('not ended yet');
        return found;
      });
      expect(ended.data).toEqual({
        ...{ task_id: deploy.taskId, agent_id: agentId, lease_token: deploy.leaseToken },
        outcome: {
          success: false,
          failure: {
            class: 'credential_missing',
            message: `The task's credential 'key' cannot be given: ${refusal.code}`,
            retryable: false,
          },
        },
      });
      expect(ended.metadata.actor).toEqual({ type: 'system', id: 'credentials' });
      expect(frames).toEqual([]);
    },
  );

  it('should leave a task to the agent that began it with a secret that is no more', async () => {
    const { delivery, sent, asked } = deliveryWith(() => gone);
    delivery.deliver(task(['key']), true);
    await eventually(() => expect(asked()).toHaveLength(1));
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toHaveLength(1);
  });

  it('should not be once it is cancelled, or the socket closed', async () => {
    let open!: () => void;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const { delivery, frames, asked, errors } = deliveryWith(() => 'value');
    const commands = { send: async () => opened.then(() => ({ kind: 'done', result: { value: 'v' }, position: 1 })) };
    const slow = new TaskDelivery({ agentId, send: (frame) => void frames.push(frame) }, actor, {
      ...{ credentials: new Credentials(commands as never), clock: { now: () => Date.now() } },
      onError: (error) => errors.push(error),
    });
    const [first, second] = [task(['key']), task(['key'])];
    slow.deliver(first);
    slow.deliver(second);
    slow.drop(first.taskId);
    open();
    await eventually(() => expect(frames).toHaveLength(1));
    expect(frames[0]).toMatchObject({ task: { taskId: second.taskId } });
    delivery.close();
    delivery.deliver(task(['key']));
    await eventually(() => expect(asked()).toHaveLength(1));
    await new Promise((resolve) => setImmediate(resolve));
    expect(frames).toHaveLength(1);
    expect(errors).toEqual([]);
  });
});
