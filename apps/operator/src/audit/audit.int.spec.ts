import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEventLog, createPool, createSealKey } from '@ao/event-log';
import { testEvent, testUnit } from '@ao/event-log/testing';
import { testDatabase, type TestDatabase } from '@ao/testing';
import { audit, UsageError } from './audit';

let database: TestDatabase;
let folder: string;
let printed: string[];
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'ao-audit-'));
  printed = [];
  database = await testDatabase();
  const pool = createPool(database.urlFor('tasks'), { applicationName: 'audit-test', max: 2 });
  const log = createEventLog({ pool });
  await log.append(testUnit('thing-1', [testEvent('ThingHappened', { secret: 'as it was' })]));
  await log.append(testUnit('thing-2', [testEvent('ThingHappened', { line: 'a\nb\u001b[2J' })]));
  await log.append(testUnit('thing-1', [testEvent('ThingEnded', {})]));
  await log.close();
  await pool.end();
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await database.drop();
});

const inFolder = (file: string) => path.join(folder, file);
const run = (...args: string[]) =>
  audit(args, {
    environment: { DATABASE_URL: database.urlFor('auditor'), DATA_DIR: folder },
    print: (line) => printed.push(line),
    signal: new AbortController().signal,
  });
/** As on another machine: no database, no private key. */
const offline = (...args: string[]) =>
  audit(args, {
    environment: { DATA_DIR: inFolder('nothing') },
    print: (line) => printed.push(line),
    signal: new AbortController().signal,
  });

it('should verify the log, seal it, and verify an export elsewhere with the public key', async () => {
  expect(await run('verify')).toBe(0);
  expect(printed.join('\n')).toMatch(
    /^audit: chain verified: 3 events in 3 commits, head 3, hash [0-9a-f]{64}\naudit: no seals yet/,
  );

  const key = inFolder('seal-key.pem');
  expect(createSealKey(key)).toBe(true);
  expect(createSealKey(key)).toBe(false);
  expect(statSync(key).mode & 0o777).toBe(0o600);
  await run('seal');
  await run('public-key', inFolder('public.pem'));
  await run('export', inFolder('log.jsonl'));
  printed = [];
  expect(await offline('verify', inFolder('log.jsonl'), '--key', inFolder('public.pem'))).toBe(0);
  expect(printed.at(-1)).toBe('audit: 1 of 1 seals verified, the log is sealed up to position 3');
  expect(readFileSync(inFolder('public.pem'), 'utf8')).toContain('PUBLIC KEY');

  printed = [];
  const changed = readFileSync(inFolder('log.jsonl'), 'utf8').replace('as it was', 'as it is');
  writeFileSync(inFolder('changed.jsonl'), changed);
  expect(await offline('verify', inFolder('changed.jsonl'), '--key', inFolder('public.pem'))).toBe(1);
  expect(printed[0]).toBe('audit: the event at position 1 is not as it was appended');
  expect(printed[1]).toMatch(/^audit: chain BROKEN, 1 problem/);
});

it('should name the position of a row that was altered in the database', async () => {
  await database.pool('admin').query(
    `alter table event_log.events disable trigger all;
     update event_log.events set data = '{"line":"x"}' where position = 2`,
  );
  expect(await run('verify')).toBe(1);
  expect(printed[0]).toBe('audit: the event at position 2 is not as it was appended');
});

it('should print the tail and a stream as JSON lines that steer no terminal', async () => {
  await run('tail', '--lines', '2');
  expect(printed.map((line) => (JSON.parse(line) as { position: number }).position)).toEqual([2, 3]);
  expect(printed.join('')).not.toMatch(/[\n\u001b]/);
  printed = [];
  await run('stream', 'thing-1');
  expect(printed.map((line) => (JSON.parse(line) as { version: number }).version)).toEqual([1, 2]);
  await expect(run('stream', 'thing-9')).rejects.toThrow(/no stream 'thing-9'/);
});

it('should go on printing until it is interrupted', async () => {
  const interrupted = new AbortController();
  const following = audit(['tail', '--follow', '-n', '1'], {
    environment: { DATABASE_URL: database.urlFor('auditor') },
    print: (line) => {
      printed.push(line);
      interrupted.abort();
    },
    signal: interrupted.signal,
  });
  expect(await following).toBe(0);
  expect(printed).toHaveLength(1);
});

it('should seal again and again until it is interrupted', async () => {
  createSealKey(inFolder('seal-key.pem'));
  const interrupted = new AbortController();
  const sealing = audit(['seal', '--every', '1'], {
    environment: { DATABASE_URL: database.urlFor('auditor'), DATA_DIR: folder },
    print: (line) => {
      printed.push(line);
      interrupted.abort();
    },
    signal: interrupted.signal,
  });
  expect(await sealing).toBe(0);
  expect(printed).toEqual(['audit: sealed up to position 3']);
});

it.each([
  [[]],
  [['bogus']],
  [['verify', 'a', 'b']],
  [['tail', '--lines', 'many']],
  [['tail', '--unknown']],
  [['stream']],
  [['export']],
])('rejects %j with one sentence', async (args) => {
  await expect(run(...args)).rejects.toBeInstanceOf(UsageError);
});

it('should say what is missing', async () => {
  await expect(offline('tail')).rejects.toThrow(/npm start/);
  await expect(run('seal')).rejects.toThrow(/holds no key that can be read/);
  writeFileSync(inFolder('seal-key.pem'), 'no key');
  await expect(run('seal')).rejects.toThrow(/holds no key that can be read/);
});
