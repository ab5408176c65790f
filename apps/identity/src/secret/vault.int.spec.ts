import { secretSubject, type SecretEvent } from '@ao/contracts';
import {
  createCommandShell,
  createEventLog,
  createPool,
  createSubscriptions,
  type CommandResult,
  type EventLog,
} from '@ao/event-log';
import { loopbackBus, type LoopbackBus } from '@ao/event-log/testing';
import { isRejection, newId, type Clock, type CommandMetadata } from '@ao/kernel';
import { testKek } from '@ao/sealing/testing';
import { eventually, testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import { SealingService } from '../sealing/sealing.service';
import { Vault } from './vault';

interface Replica {
  readonly vault: Vault;
  readonly sealing: SealingService;
  readonly log: EventLog;
  stop(): Promise<void>;
}

const VALUE = 'correct horse battery staple';
const KEYS = testKek('k1');
let database: TestDatabase;
let admin: Pool;
let time: number | undefined;
let one: Replica;
let two: Replica;

async function replica(on: TestDatabase, bus: LoopbackBus): Promise<Replica> {
  const pool = createPool(on.urlFor('identity'), { applicationName: 'vault-test', max: 8 });
  const log = createEventLog({ pool, bus });
  const subscriptions = createSubscriptions({ pool, log, bus, schema: 'identity' });
  const ignore = () => undefined;
  const logger = { info: ignore, warn: ignore, error: ignore } as never;
  const sealing = new SealingService({ config: { SEALING_KEYS: KEYS }, pool, log, subscriptions, logger });
  await sealing.start();
  const clock: Clock = { now: () => time ?? log.clock.now() };
  const vault = new Vault({ shell: createCommandShell(log), log, sealer: sealing.sealer, clock });
  return {
    ...{ vault, sealing, log },
    stop: async () => {
      await sealing.stop();
      await subscriptions.stop();
      await log.close();
      await pool.end();
    },
  };
}

beforeAll(async () => {
  database = await testDatabase();
  admin = database.pool();
  const bus = loopbackBus();
  one = await replica(database, bus);
  two = await replica(database, bus);
});
beforeEach(() => {
  time = undefined;
});
afterAll(async () => {
  await one.stop();
  await two.stop();
  await database.drop();
});

const metadata = (changes: Partial<CommandMetadata> = {}): CommandMetadata => {
  const command_id = newId();
  return {
    command_id,
    actor: { type: 'user', id: 'vault-test' },
    correlation_id: command_id,
    causation_id: command_id,
    ...changes,
  };
};
const secret = (changes: object = {}) => ({
  ...{ name: `secret ${newId()}`, value: VALUE, category: 'database', description: '', expires_at: null },
  ...changes,
});
async function done<Result>(answer: Promise<CommandResult<Result>>): Promise<Result> {
  const result = await answer;
  if (isRejection(result)) throw new Error(`${result.code}: ${result.message}`);
  return result.result;
}
const code = async (answer: Promise<CommandResult>) => {
  const result = await answer;
  return isRejection(result) ? result.code : 'done';
};
const created = async (changes: object = {}) => (await done(one.vault.create(secret(changes), metadata()))).secret_id;
const reveal = (secret_id: string, version?: number, from = one) =>
  done(from.vault.reveal({ secret_id, ...(version && { version }) }, metadata()));
const eventsOf = async (secret_id: string) =>
  (await one.log.readStream(`secret-${secret_id}`)) as unknown as readonly SecretEvent[];
const keyOf = async (secret_id: string) => {
  const { rows } = await admin.query<{ wrapped: Buffer | null }>(
    'select wrapped from identity.data_keys where subject = $1',
    [secretSubject(secret_id)],
  );
  return rows[0];
};

it('should give a value back on every replica, and tell each time before it does', async () => {
  const secret_id = await created();
  expect(await reveal(secret_id)).toEqual({ secret_id, version: 1, value: VALUE });
  expect(await reveal(secret_id, 1, two)).toEqual({ secret_id, version: 1, value: VALUE });
  expect((await eventsOf(secret_id)).map(({ type }) => type)).toEqual([
    'SecretCreated',
    'SecretRevealed',
    'SecretRevealed',
  ]);
});

it('should keep every version of a value, and make one up when none is given', async () => {
  const secret_id = await created();
  expect(await done(two.vault.rotate({ secret_id, value: 'second' }, metadata()))).toMatchObject({ version: 2 });
  expect(await done(one.vault.change({ secret_id, value: 'third', description: 'new' }, metadata()))).toMatchObject({
    version: 3,
  });
  expect(await done(two.vault.rotate({ secret_id }, metadata()))).toMatchObject({ version: 4 });
  const values = await Promise.all([1, 2, 3].map(async (version) => (await reveal(secret_id, version)).value));
  expect(values).toEqual([VALUE, 'second', 'third']);
  const newest = await reveal(secret_id);
  expect(newest).toMatchObject({ version: 4, value: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) });
  expect((await reveal(secret_id, 4)).value).toBe(newest.value);
  expect(await code(one.vault.reveal({ secret_id, version: 5 }, metadata()))).toBe('secret_version_not_found');
});

it.each([['a line\r\n\u0000\u0001"\\'], ['ü🗝'], ['x'.repeat(64 * 1024)]])(
  'should keep any text as it is',
  async (value) => {
    expect((await reveal(await created({ value }))).value).toBe(value);
  },
);

it('should keep names apart, on every replica, also while they move', async () => {
  const name = `name ${newId()}`;
  const both = await Promise.all(
    [one, two, one, two].map(({ vault }) => code(vault.create(secret({ name }), metadata()))),
  );
  expect(both.sort()).toEqual(['done', 'secret_name_taken', 'secret_name_taken', 'secret_name_taken']);

  const secret_id = await created();
  expect(await code(two.vault.change({ secret_id, name }, metadata()))).toBe('secret_name_taken');
  const [mine, other] = [`mine ${newId()}`, `other ${newId()}`];
  await done(two.vault.change({ secret_id, name: mine }, metadata()));
  // Many move the same secret at once: each finds the name it has by then, and every name it left is free.
  const moves = await Promise.all(
    [1, 2, 3, 4].map((n) => code((n % 2 ? one : two).vault.change({ secret_id, name: `${other} ${n}` }, metadata()))),
  );
  expect(moves).toContain('done');
  const last = (await eventsOf(secret_id)).filter(({ type }) => type === 'SecretChanged').at(-1)!;
  const held = (last.data as { name: string }).name;
  for (const free of [mine, ...[1, 2, 3, 4].map((n) => `${other} ${n}`)])
    expect([free, await code(one.vault.create(secret({ name: free }), metadata()))]).toEqual([
      free,
      free === held ? 'secret_name_taken' : 'done',
    ]);
});

it('should answer a repeated command as the first time, and refuse its id for anything else', async () => {
  const create = metadata({ idempotent: true });
  const data = secret();
  const first = await done(one.vault.create(data, create));
  expect(await done(two.vault.create(data, create))).toEqual(first);
  expect(await code(two.vault.create({ ...data, value: 'another value' }, create))).toBe('idempotency_key_reused');

  const { secret_id } = first;
  const rotate = metadata({ idempotent: true });
  const rotated = await done(one.vault.rotate({ secret_id }, rotate));
  expect(await done(two.vault.rotate({ secret_id }, rotate))).toEqual(rotated);
  expect(await code(two.vault.rotate({ secret_id, value: 'given' }, rotate))).toBe('idempotency_key_reused');
  expect(await reveal(secret_id)).toMatchObject({ version: 2 });

  const change = metadata({ idempotent: true });
  const name = `renamed ${newId()}`;
  const changed = await done(one.vault.change({ secret_id, name, value: 'x' }, change));
  expect(await done(two.vault.change({ secret_id, name, value: 'x' }, change))).toEqual(changed);

  const remove = metadata({ idempotent: true });
  const deleted = await done(one.vault.delete({ secret_id }, remove));
  expect(await done(two.vault.delete({ secret_id }, remove))).toEqual(deleted);
  // What was done before it was deleted was done.
  expect(await done(two.vault.create(data, create))).toEqual(first);
  expect(await done(two.vault.rotate({ secret_id }, rotate))).toEqual(rotated);
});

it('should create one secret when the same command comes to two replicas at once', async () => {
  for (let round = 0; round < 10; round += 1) {
    const command = metadata({ idempotent: true });
    const data = secret();
    const [a, b] = await Promise.all([one, two].map(({ vault }) => done(vault.create(data, command))));
    expect(a).toEqual(b);
    expect(await reveal(a!.secret_id)).toMatchObject({ value: VALUE });
  }
});

it('rejects a revelation by a command that made one long ago', async () => {
  const secret_id = await created();
  const command = metadata({ idempotent: true });
  expect(await done(one.vault.reveal({ secret_id }, command))).toMatchObject({ value: VALUE });
  // An answer that was lost on its way.
  expect(await done(two.vault.reveal({ secret_id }, command))).toMatchObject({ value: VALUE });
  expect((await eventsOf(secret_id)).filter(({ type }) => type === 'SecretRevealed')).toHaveLength(1);
  time = Date.now() + 60_000;
  expect(await code(two.vault.reveal({ secret_id }, command))).toBe('secret_already_shown');
  time = undefined;
  expect(await code(two.vault.reveal({ secret_id }, metadata()))).toBe('done');
});

describe('a deleted secret', () => {
  it('should have no key and no value, and leave its name to others', async () => {
    const name = `name ${newId()}`;
    const secret_id = await created({ name });
    await done(two.vault.rotate({ secret_id, value: 'second' }, metadata()));
    expect((await keyOf(secret_id))?.wrapped).toBeInstanceOf(Buffer);
    await done(one.vault.delete({ secret_id }, metadata()));
    expect(await keyOf(secret_id)).toEqual({ wrapped: null });
    for (const { vault } of [one, two]) {
      expect(await code(vault.reveal({ secret_id, version: 1 }, metadata()))).toBe('secret_not_found');
      expect(await code(vault.rotate({ secret_id }, metadata()))).toBe('secret_not_found');
      expect(await code(vault.change({ secret_id, value: 'x' }, metadata()))).toBe('secret_not_found');
      expect(await code(vault.delete({ secret_id }, metadata()))).toBe('secret_not_found');
    }
    for (const event of await eventsOf(secret_id))
      if ('value' in event.data) expect(await one.sealing.sealer.open(event.data.value, 'secret')).toBeNull();
    expect(await code(two.vault.create(secret({ name }), metadata()))).toBe('done');
  });

  it('should not be revealed where its key is gone and the event is not heard of', async () => {
    const secret_id = await created();
    await one.sealing.sealer.destroy(secretSubject(secret_id));
    expect(await code(one.vault.reveal({ secret_id }, metadata()))).toBe('secret_not_found');
    expect(await code(one.vault.rotate({ secret_id }, metadata()))).toBe('secret_not_found');
  });

  it('should lose its key although its deleter died before', async () => {
    const secret_id = await created();
    const dying = new Vault({
      shell: createCommandShell(one.log),
      log: one.log,
      clock: one.log.clock,
      sealer: { ...one.sealing.sealer, destroy: () => Promise.reject(new Error('died')) },
    });
    await expect(dying.delete({ secret_id }, metadata())).rejects.toThrow('died');
    await eventually(async () => expect(await keyOf(secret_id)).toEqual({ wrapped: null }));
  });
});

it('should make no key for a secret that there is not', async () => {
  const secret_id = newId();
  expect(await code(one.vault.rotate({ secret_id }, metadata()))).toBe('secret_not_found');
  expect(await code(one.vault.change({ secret_id, value: 'x' }, metadata()))).toBe('secret_not_found');
  expect(await keyOf(secret_id)).toBeUndefined();
});

it('should tell commands apart by a hash that means nothing without the keys of this installation', async () => {
  const command = metadata({ idempotent: true });
  const data = secret({ value: '1234' });
  const hashIn = async (pool: Pool) => {
    const { rows } = await pool.query<{ hash: string }>(
      "select encode(command_hash, 'hex') as hash from event_log.commands where command_id = $1",
      [command.command_id],
    );
    return rows[0]?.hash;
  };
  await done(one.vault.create(data, command));
  const here = await hashIn(admin);
  const elsewhere = await testDatabase();
  const other = await replica(elsewhere, loopbackBus());
  try {
    await done(other.vault.create(data, command));
    expect(here).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashIn(elsewhere.pool())).not.toBe(here);
  } finally {
    await other.stop();
    await elsewhere.drop();
  }
});

it('should keep a value in clear nowhere in the database', async () => {
  const value = `canary-${newId()}`;
  const command = metadata({ idempotent: true });
  const secret_id = (await done(one.vault.create(secret({ value }), command))).secret_id;
  await done(one.vault.rotate({ secret_id, value }, metadata({ idempotent: true })));
  await reveal(secret_id);
  const { rows } = await admin.query<{ row: string }>(
    'select e::text as row from event_log.events e union all select c::text from event_log.commands c ' +
      'union all select k::text from identity.data_keys k',
  );
  expect(rows.filter(({ row }) => row.includes(secret_id)).length).toBeGreaterThan(3);
  expect(rows.filter(({ row }) => row.includes(value) || row.includes(Buffer.from(value).toString('hex')))).toEqual([]);
});
