import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  INSTALLATION,
  openSealed,
  sealAddress,
  userSubject,
  type DataOf,
  type RequestContract,
  type ResultOf,
} from '@ao/contracts';
import { isRejection, newId } from '@ao/kernel';
import { connectBus, createCommandClient, type Bus, type CommandClient } from '@ao/messaging';
import { testKek } from '@ao/sealing/testing';
import { eventually, startService, testStack, type StartedService, type TestStack } from '@ao/testing';

/** Identity as a process of its own: what it does with the keys it is given. */

let stack: TestStack;
let bus: Bus;
let client: CommandClient;
let folder: string;
const services: StartedService[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'ao-keys-'));
  stack = await testStack({ services: [] });
  const { user, password, inboxPrefix } = stack.nats.credentials('gateway');
  bus = await connectBus({ url: stack.nats.url, user, password, inboxPrefix, name: 'test' });
  client = createCommandClient(bus, { defaultTimeoutMs: 10_000 });
});
afterEach(() => Promise.all(services.splice(0).map((service) => service.kill())));
afterAll(async () => {
  await bus.drain();
  await stack.stop();
  rmSync(folder, { recursive: true });
});

async function start(keys: Readonly<Record<string, string>>): Promise<StartedService> {
  const { SEALING_KEYS: _theirs, ...environment } = stack.environmentOf('identity');
  const service = await startService('identity', { ...environment, LOG_LEVEL: 'info', ...keys });
  services.push(service);
  return service;
}
async function refusal(keys: Readonly<Record<string, string>>): Promise<string[]> {
  const service = await start(keys);
  expect((await service.exited).code).toBe(1);
  return service.output.filter((line) => !line.startsWith('{'));
}
async function query<C extends RequestContract>(contract: C, data: DataOf<C>): Promise<ResultOf<C>> {
  const command_id = newId();
  const metadata = { command_id, correlation_id: command_id, causation_id: command_id };
  const answer = await client.query(contract, data, { ...metadata, actor: { type: 'system', id: 'test' } });
  if (isRejection(answer)) throw new Error(answer.code);
  return answer.result;
}

it('should say in one sentence why it cannot start without keys, or with wrong ones', async () => {
  expect(await refusal({})).toEqual([expect.stringMatching(/^identity cannot start: it has no keys .*openssl/)]);
  const file = path.join(folder, 'malformed');
  writeFileSync(file, 'k1:hunter2');
  expect(await refusal({ SEALING_KEYS_FILE: file })).toEqual([expect.stringMatching(/number 1 is not .*openssl/)]);

  const service = await start({ SEALING_KEYS: testKek('k1') });
  await service.ready();
  await service.stop();
  const wrong = await refusal({ SEALING_KEYS: testKek('k2') });
  expect(wrong).toEqual([expect.stringMatching(/^identity cannot start: .*wrapped under 'k1', which is not given/)]);
  await stack.database.pool().query('delete from identity.data_keys');
});

it('should take other keys while it runs, and open and seal for the gateway all the while', async () => {
  const file = path.join(folder, 'keys');
  const [k1, k2] = [testKek('k1'), testKek('k2')];
  writeFileSync(file, k1);
  const service = await start({ SEALING_KEYS_FILE: file });
  await service.ready();
  const subjects = [INSTALLATION, ...Array.from({ length: 50 }, () => userSubject(newId()))];
  const seal = (subject: string) => query(sealAddress, { subject, address: '192.0.2.1' });
  const sealed = await Promise.all(subjects.map(seal));
  const items = sealed.map((one) => ({ ...one, context: 'address' as const }));
  const texts = items.map(() => '192.0.2.1');
  expect(await query(openSealed, { items })).toEqual({ texts });

  writeFileSync(file, `${k2}\n${k1}\n`);
  const admin = stack.database.pool();
  await eventually(async () => {
    expect(await query(openSealed, { items })).toEqual({ texts });
    await seal(userSubject(newId()));
    const { rows } = await admin.query('select distinct kek_id from identity.data_keys');
    expect(rows).toEqual([{ kek_id: 'k2' }]);
  });
  await service.stop();
  await (await start({ SEALING_KEYS: k2 })).ready();
  expect(await query(openSealed, { items })).toEqual({ texts });
});

it('rejects a sealed text in the place of another without telling what it holds', async () => {
  const service = await start({ SEALING_KEYS: await presentKey() });
  await service.ready();
  const [ada, bob] = [userSubject(newId()), userSubject(newId())];
  const { sealed } = await query(sealAddress, { subject: ada, address: '192.0.2.1' });
  await query(sealAddress, { subject: bob, address: '192.0.2.1' });
  const open = (text: string, context: 'address' | 'email') =>
    query(openSealed, { items: [{ sealed: text, context }] });
  await expect(open(sealed.replace(ada, bob), 'address')).rejects.toThrow('internal_error');
  await expect(open(sealed, 'email')).rejects.toThrow('internal_error');
  await eventually(() => expect(service.output.join()).toContain(`a sealed text of '${bob}' is broken`));
  expect(service.output.join()).not.toContain('192.0.2.1');
});

it('rejects to seal an address for somebody who is erased', async () => {
  const service = await start({ SEALING_KEYS: await presentKey() });
  await service.ready();
  const subject = userSubject(newId());
  const { sealed } = await query(sealAddress, { subject, address: '192.0.2.1' });
  await stack.database
    .pool()
    .query('update identity.data_keys set wrapped = null, destroyed_at = now() where subject = $1', [subject]);
  await eventually(async () =>
    expect(await query(openSealed, { items: [{ sealed, context: 'address' }] })).toEqual({ texts: [null] }),
  );
  await expect(query(sealAddress, { subject, address: '192.0.2.1' })).rejects.toThrow('subject_erased');
});

let key: string | undefined;
/** One for the tests that do not change it; what others wrapped is forgotten. */
async function presentKey(): Promise<string> {
  if (key === undefined) await stack.database.pool().query('delete from identity.data_keys');
  return (key ??= testKek('k9'));
}
