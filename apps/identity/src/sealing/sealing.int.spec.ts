import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEventLog, createPool, createSubscriptions, type EventLog } from '@ao/event-log';
import { loopbackBus, testEvent, testUnit, type LoopbackBus } from '@ao/event-log/testing';
import { isoTime, newId } from '@ao/kernel';
import { StartupError } from '@ao/platform';
import { SubjectErasedError } from '@ao/sealing';
import { testKek } from '@ao/sealing/testing';
import { eventually, testDatabase, type TestDatabase } from '@ao/testing';
import type { Pool } from 'pg';
import { dataKeys } from './data-keys';
import type { SealingConfig } from './key-source';
import { SealingService } from './sealing.service';

interface Replica {
  readonly service: SealingService;
  readonly log: EventLog;
  readonly told: string[];
  stop(): Promise<void>;
}

const TEXT = 'ada@example.org';
const PATIENT = { timeoutMs: 60_000 };
const user = () => `user-${newId()}`;
let database: TestDatabase;
let admin: Pool;
let bus: LoopbackBus;
let folder: string;
let replicas: Replica[];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'ao-keys-'));
  database = await testDatabase();
  admin = database.pool();
  bus = loopbackBus();
  replicas = [];
});
afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** A replica of identity, as far as keys go, on the service's own login. */
async function replica(config: SealingConfig): Promise<Replica> {
  const pool = createPool(database.urlFor('identity'), { applicationName: 'identity-test', max: 10 });
  const log = createEventLog({ pool, bus });
  const subscriptions = createSubscriptions({ pool, log, bus, schema: 'identity' });
  const told: string[] = [];
  const tell = (first: unknown, second?: unknown) => void told.push(JSON.stringify([first, second]));
  const service = new SealingService({
    ...{ config, pool, log, subscriptions },
    logger: { info: tell, warn: tell, error: tell } as never,
  });
  const stop = async () => {
    await service.stop();
    await subscriptions.stop();
    await log.close();
    await pool.end();
  };
  try {
    await service.start();
  } catch (error) {
    await stop();
    throw error;
  }
  replicas.push({ service, log, told, stop });
  return replicas.at(-1)!;
}

const kekIds = async () => {
  const { rows } = await admin.query<{ kek_id: string; keys: number }>(
    'select kek_id, count(*) as keys from identity.data_keys where wrapped is not null group by 1 order by 1',
  );
  return Object.fromEntries(rows.map(({ kek_id, keys }) => [kek_id, keys]));
};
const write = (file: string, text: string) => {
  // As orchestrators do it: a whole file in the place of another.
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
};

it('should give a subject one key however many replicas need it first', async () => {
  const config = { SEALING_KEYS: testKek('k1') };
  const [one, two] = [await replica(config), await replica(config)];
  for (let round = 0; round < 20; round += 1) {
    const subject = user();
    const sealed = await Promise.all(
      [one, two, one, two, one, two].map(({ service }) => service.sealer.seal(subject, 'email', TEXT)),
    );
    for (const { service } of [one, two])
      expect(await Promise.all(sealed.map((text) => service.sealer.open(text, 'email')))).toEqual(
        sealed.map(() => TEXT),
      );
  }
  expect(await kekIds()).toEqual({ k1: 21 });
  expect(await one.service.sealer.index('email', TEXT)).toBe(await two.service.sealer.index('email', TEXT));
});

it('should keep neither a key nor a text in clear in the database', async () => {
  const kek = testKek('k1');
  const { service } = await replica({ SEALING_KEYS: kek });
  await service.sealer.seal(user(), 'email', TEXT);
  const { rows } = await admin.query<{ row: string }>('select k::text as row from identity.data_keys k');
  expect(rows).toHaveLength(2);
  const hex = Buffer.from(kek.split(':')[1]!, 'base64').toString('hex');
  for (const { row } of rows) expect(row).not.toContain(hex);
});

it('should rotate the key-encryption key while texts are sealed and opened, without one failure', async () => {
  const file = path.join(folder, 'keys');
  const [k1, k2, k3] = [testKek('k1'), testKek('k2'), testKek('k3')];
  write(file, k1);
  const both = [await replica({ SEALING_KEYS_FILE: file }), await replica({ SEALING_KEYS_FILE: file })];
  const sealed = await Promise.all(
    Array.from({ length: 300 }, (_, n) => both[n % 2]!.service.sealer.seal(user(), 'email', TEXT)),
  );
  const index = await both[0]!.service.sealer.index('email', TEXT);

  let going = true;
  let opened = 0;
  const failures: unknown[] = [];
  const work = both.map(async ({ service: { sealer } }) => {
    while (going)
      try {
        sealer.clear();
        const fresh = await sealer.seal(user(), 'email', TEXT);
        const texts = await Promise.all([...sealed, fresh].map((text) => sealer.open(text, 'email')));
        if (texts.some((text) => text !== TEXT)) throw new Error('another text');
        opened += texts.length;
      } catch (error) {
        failures.push(error);
      }
  });
  const after = (count: number) => eventually(() => expect(opened).toBeGreaterThan(count), PATIENT).then(() => opened);
  let done = await after(2_000);
  write(file, `${k2}\n${k1}\n`);
  await eventually(async () => expect(Object.keys(await kekIds())).toEqual(['k2']), PATIENT);
  done = await after(done + 2_000);
  // Not as one should, in one step: the key before is in memory still.
  write(file, k3);
  await eventually(async () => expect(Object.keys(await kekIds())).toEqual(['k3']), PATIENT);
  await after(done + 2_000);
  going = false;
  await Promise.all(work);
  expect(failures).toEqual([]);

  // And the keys before are not needed any more.
  const later = await replica({ SEALING_KEYS: k3 });
  expect(await Promise.all(sealed.map((text) => later.service.sealer.open(text, 'email')))).toEqual(
    sealed.map(() => TEXT),
  );
  expect(await later.service.sealer.index('email', TEXT)).toBe(index);
}, 180_000);

it('should keep its keys when the file becomes unreadable, and say so once', async () => {
  const file = path.join(folder, 'keys');
  const k1 = testKek('k1');
  write(file, k1);
  const { service, told } = await replica({ SEALING_KEYS_FILE: file });
  const sealed = await service.sealer.seal(user(), 'email', TEXT);
  write(file, 'rubbish');
  await eventually(() => expect(told.join()).toContain('SEALING_KEYS_FILE cannot be used'));
  service.sealer.clear();
  expect(await service.sealer.open(sealed, 'email')).toBe(TEXT);
  write(file, `${testKek('k2')},${k1}`);
  await eventually(async () => expect(await kekIds()).toEqual({ k2: 2 }));
  expect(told.filter((line) => line.includes('cannot be used'))).toHaveLength(1);
});

it('should say when it has learned a key that does not wrap yet', async () => {
  const file = path.join(folder, 'keys');
  const [k1, k2] = [testKek('k1'), testKek('k2')];
  write(file, k1);
  const { told, service } = await replica({ SEALING_KEYS_FILE: file });
  write(file, `${k1}\n${k2}`);
  await eventually(() => expect(told.join()).toContain('key-encryption keys were added'));
  await service.settled();
  expect(await kekIds()).toEqual({ k1: 1 });
});

it('should bring keys under the first key at the start', async () => {
  const [k1, k2] = [testKek('k1'), testKek('k2')];
  const { service } = await replica({ SEALING_KEYS: k1 });
  await Promise.all(Array.from({ length: 250 }, () => service.sealer.seal(user(), 'email', TEXT)));
  const next = await replica({ SEALING_KEYS: `${k2},${k1}` });
  await next.service.settled();
  expect(await kekIds()).toEqual({ k2: 251 });
});

it('rejects to start without the keys the database was used with', async () => {
  await replica({ SEALING_KEYS: testKek('k1') });
  const start = replica({ SEALING_KEYS: testKek('k2') });
  await expect(start).rejects.toThrow(StartupError);
  await expect(start).rejects.toThrow("wrapped under 'k1', which is not given");
  await expect(replica({ SEALING_KEYS: testKek('k1') })).rejects.toThrow("cannot be unwrapped by the key 'k1'");
});

describe('what was erased', () => {
  const erased = (user_id: string) =>
    testUnit(`user-${user_id}`, [testEvent('UserErased', { user_id, at: isoTime(Date.now()) })]);
  const deleted = (secret_id: string) =>
    testUnit(`secret-${secret_id}`, [testEvent('SecretDeleted', { secret_id, at: isoTime(Date.now()) })]);
  const isDestroyed = async (subject: string) => {
    const { rows } = await admin.query<{ wrapped: Buffer | null }>(
      'select wrapped from identity.data_keys where subject = $1',
      [subject],
    );
    return rows[0]?.wrapped === null;
  };

  it('should lose its key although whoever erased it died before that', async () => {
    const config = { SEALING_KEYS: testKek('k1') };
    const first = await replica(config);
    const ids = [newId(), newId()] as const;
    const [ada, secret] = [`user-${ids[0]}`, `secret-${ids[1]}`];
    const sealed = [
      await first.service.sealer.seal(ada, 'email', TEXT),
      await first.service.sealer.seal(secret, 'secret', TEXT),
    ] as const;
    await first.stop();
    replicas = [];

    // Appended, and nobody there.
    const pool = createPool(database.urlFor('identity'), { applicationName: 'identity-test', max: 2 });
    const log = createEventLog({ pool });
    await log.append(erased(ids[0]));
    await log.append(deleted(ids[1]));
    await log.close();
    await pool.end();
    expect([await isDestroyed(ada), await isDestroyed(secret)]).toEqual([false, false]);

    const { service } = await replica(config);
    await eventually(async () => expect([await isDestroyed(ada), await isDestroyed(secret)]).toEqual([true, true]));
    await eventually(async () => {
      expect(await service.sealer.open(sealed[0], 'email')).toBeNull();
      expect(await service.sealer.open(sealed[1], 'secret')).toBeNull();
    });
    await expect(service.sealer.seal(ada, 'email', TEXT)).rejects.toThrow(SubjectErasedError);
  });

  it('should not come back by a wrapping anew that began before, nor by a key made for it later', async () => {
    const { service } = await replica({ SEALING_KEYS: testKek('k1') });
    const subject = user();
    const sealed = await service.sealer.seal(subject, 'email', TEXT);
    const store = dataKeys(database.pool('identity'));
    const [before] = await store.outdated('k2', '', 10).then((keys) => keys.filter((key) => key.subject === subject));
    await service.sealer.destroy(subject);
    const again = { kek_id: 'k2', wrapped: before!.wrapped };
    expect(await store.rewrap(subject, before!, again)).toBe(false);
    expect(await store.add(subject, again)).toMatchObject({ wrapped: null });
    expect(await service.sealer.open(sealed, 'email')).toBeNull();
    expect(await isDestroyed(subject)).toBe(true);
    // The control: what is there as it was is replaced, once.
    const other = user();
    await service.sealer.seal(other, 'email', TEXT);
    const [key] = await store.find([other]);
    expect(await store.rewrap(other, key!, { kek_id: 'k2', wrapped: Buffer.from('another') })).toBe(true);
    expect(await store.rewrap(other, key!, { kek_id: 'k3', wrapped: Buffer.from('a third') })).toBe(false);
  });

  it('should be unreadable on every replica within two seconds, and at once where the event is heard', async () => {
    const config = { SEALING_KEYS: testKek('k1') };
    const [one, two] = [await replica(config), await replica(config)];
    const user_id = newId();
    const subject = `user-${user_id}`;
    const sealed = await one.service.sealer.seal(subject, 'email', TEXT);
    expect(await two.service.sealer.open(sealed, 'email')).toBe(TEXT);
    const began = performance.now();
    await one.log.append(erased(user_id));
    await one.service.sealer.destroy(subject);
    expect(await one.service.sealer.open(sealed, 'email')).toBeNull();
    await eventually(async () => expect(await two.service.sealer.open(sealed, 'email')).toBeNull());
    expect(performance.now() - began).toBeLessThan(2_500);
  });
});
