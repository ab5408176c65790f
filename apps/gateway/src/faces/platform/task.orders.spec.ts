import type { SecretDocument } from '@ao/contracts';
import { newId } from '@ao/kernel';
import type { Call } from '../../http/call';
import { Problem } from '../../http/problem';
import type { AgentDirectory } from '../../projections/agents/agent.directory';
import { prefixedTaskId } from '../task-id';
import { TaskBody, TaskChangesBody } from './task-order.schemas';
import { TaskOrders } from './task.orders';

const AGENT = newId();
const SECRET = newId();
const OTHER = newId();

const directory: Pick<AgentDirectory, 'existing'> = {
  existing: (_call: unknown, name: string) =>
    Promise.resolve(name === 'mailer-1' || name === AGENT ? AGENT : undefined),
};
const secret = { secret_id: SECRET, name: 'docker-hub', version: 3 } as SecretDocument;
const orders = new TaskOrders({
  directory,
  secrets: {
    find: (id) => Promise.resolve(id === SECRET ? secret : undefined),
    findNamed: (name) => Promise.resolve(name === secret.name ? secret : undefined),
  },
});
const caller = (...permissions: string[]) => ({ principal: { permissions: new Set(permissions) } }) as unknown as Call;
const order = (body: object, call = caller('secrets:manage')) => orders.orderOf(call, TaskBody.parse(body), '');
const problemOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      return { status: error.status, pointer: error.options.errors?.[0]?.pointer };
    },
  );

describe('what a submitter writes', () => {
  it('should become an order that leaves open what nobody said', async () => {
    expect(await order({ type: 'mail' })).toEqual({
      ...{ type: 'mail', payload: {}, requirements: { capabilities: [] } },
    });
  });

  it('should be an instruction where it is told in words alone', async () => {
    expect(await order({ title: 'Write it', instructions: 'Ten lines.' })).toMatchObject({
      ...{ type: 'instruction', title: 'Write it', instructions: 'Ten lines.' },
    });
    expect(() => TaskBody.parse({})).toThrow(/is required where there is no title/);
  });

  it('should require the tools as capabilities, each once', async () => {
    const body = { type: 'x', requirements: { capabilities: ['git', 'ocr'] }, required_tools: ['git', 'grep'] };
    expect((await order(body)).requirements).toEqual({ capabilities: ['git', 'ocr', 'grep'] });
    const [some, more] = [0, 60].map((from) => Array.from({ length: 60 }, (_, n) => `c${from + n}`));
    const tooMany = { type: 'x', requirements: { capabilities: some }, required_tools: more };
    expect(await problemOf(order(tooMany))).toEqual({ status: 422, pointer: '/required_tools' });
  });

  it('should be pinned to the agent, by whichever name and in whichever field', async () => {
    const pinned = { capabilities: [], agent_id: AGENT };
    expect((await order({ type: 'x', agent_id: 'mailer-1' })).requirements).toEqual(pinned);
    expect((await order({ type: 'x', requirements: { agent_id: AGENT } })).requirements).toEqual(pinned);
    expect(await problemOf(order({ type: 'x', agent_id: 'who' }))).toEqual({ status: 404, pointer: '/agent_id' });
    expect(await problemOf(order({ type: 'x', requirements: { agent_id: 'who' } }))).toEqual({
      ...{ status: 404, pointer: '/requirements/agent_id' },
    });
    expect(() => TaskBody.parse({ type: 'x', agent_id: 'a', requirements: { agent_id: 'b' } })).toThrow(/differ/);
  });

  it('should wait for tasks, by whichever face`s id', async () => {
    const depends_on = [OTHER.toUpperCase(), prefixedTaskId(AGENT)];
    expect((await order({ type: 'x', depends_on })).depends_on).toEqual([OTHER, AGENT]);
    expect(await problemOf(order({ type: 'x', depends_on: [OTHER, 'any'] }))).toEqual({
      ...{ status: 404, pointer: '/depends_on/1' },
    });
    expect(await problemOf(order({ type: 'x', depends_on: [OTHER, prefixedTaskId(OTHER)] }))).toEqual({
      ...{ status: 422, pointer: '/depends_on' },
    });
  });

  it('should keep times in UTC and a delay as a delay', async () => {
    const body = { type: 'x', not_before: '2030-01-01T01:00:00+01:00', deadline: '2030-01-02T00:00:00Z' };
    expect(await order(body)).toMatchObject({
      ...{ not_before: '2030-01-01T00:00:00.000Z', deadline: '2030-01-02T00:00:00.000Z' },
    });
    expect(await order({ type: 'x', delay_seconds: 2.5 })).toMatchObject({ delay_seconds: 2.5 });
    expect(() => TaskBody.parse({ ...body, delay_seconds: 1 })).toThrow(/must not be given beside/);
  });

  describe('of secrets', () => {
    const credentials = [
      { name: 'registry', secret: 'docker-hub', version: 2 },
      { name: 'again', secret: SECRET },
    ];

    it('should refer to them by id, whether they were named or not', async () => {
      expect((await order({ type: 'x', credentials })).credentials).toEqual([
        { name: 'registry', secret_id: SECRET, version: 2 },
        { name: 'again', secret_id: SECRET },
      ]);
    });

    it('should need the permission of the vault itself', async () => {
      const lacking = order({ type: 'x', credentials }, caller('tasks:submit', 'tasks:manage'));
      expect(await problemOf(lacking)).toMatchObject({ status: 403 });
    });

    it.each<[string, object, number, string]>([
      ['that there are not', { name: 'a', secret: 'none' }, 404, '/credentials/0/secret'],
      ['that there are not, by id', { name: 'a', secret: OTHER }, 404, '/credentials/0/secret'],
      ['of a version to come', { name: 'a', secret: SECRET, version: 4 }, 422, '/credentials/0/version'],
    ])('rejects those %s', async (_what, credential, status, pointer) => {
      expect(await problemOf(order({ type: 'x', credentials: [credential] }))).toEqual({ status, pointer });
    });

    it('rejects one name for two', () => {
      const twice = [credentials[1], credentials[1]];
      expect(() => TaskBody.parse({ type: 'x', credentials: twice })).toThrow(/must not use a name twice/);
    });
  });
});

describe('what changes of a task', () => {
  const current = { capabilities: ['git'], agent_type: 'worker', agent_id: AGENT };
  const changes = (body: object) =>
    orders.changesOf(caller(), TaskChangesBody.parse(body), () => Promise.resolve(current));

  it('should be what was given, and nothing else', async () => {
    expect(await changes({})).toEqual({});
    expect(await changes({ priority: 'medium', deadline: null })).toEqual({ priority: 40, deadline: null });
  });

  it('should change only the part of the requirements that was given', async () => {
    expect(await changes({ required_tools: ['ocr'] })).toEqual({ requirements: { ...current, capabilities: ['ocr'] } });
    expect(await changes({ agent_id: null })).toEqual({
      requirements: { capabilities: ['git'], agent_type: 'worker' },
    });
    expect(await changes({ requirements: { capabilities: ['a'] }, required_tools: ['b'] })).toEqual({
      requirements: { capabilities: ['a', 'b'] },
    });
  });

  it('rejects an agent that there is not, in the field that named it', async () => {
    expect(await problemOf(changes({ agent_id: 'who' }))).toEqual({ status: 404, pointer: '/agent_id' });
  });
});
