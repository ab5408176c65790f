import { generateKeyPairSync } from 'node:crypto';
import type { Pool } from 'pg';
import { logSubject, type LogSubject } from '../log-subject.testing';
import { freshStream, happened, unitOf, unitOn } from '../unit.testing';
import type { AuditRecord, EventText } from './audit-record';
import { commitHash, eventHash } from './canonical-hash';
import { exportLines, parseExport } from './export-lines';
import { readAudit } from './read-audit';
import { publicPem, signSeal } from './seal-key';
import { seal, startSealer } from './sealer';
import { verifyChain, type VerifyOptions } from './verify-chain';

/** L6: what is changed behind the log's back is found, and named by its position. */

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const ALTERED = 5;

let subject: LogSubject;
let auditor: Pool;
beforeEach(async () => {
  subject = await logSubject();
  auditor = subject.poolAs('auditor');
  const log = subject.open();
  await log.append(unitOf(freshStream(), 0));
  // One batch of many events, so that a commit's hash alone would name none of them.
  await Promise.all(
    Array.from({ length: 6 }, (_, n) =>
      log.append(
        unitOn([{ stream_id: freshStream(), expected_version: 0, events: [happened({ n, text: 'Grüße 🚀 "\\' })] }]),
      ),
    ),
  );
  await log.append(unitOf(freshStream(), 0, 3));
});
afterEach(() => subject.close());

const verify = (options: VerifyOptions = {}) => verifyChain(readAudit(auditor), options);
const exported = async () => {
  const lines: string[] = [];
  for await (const line of exportLines(readAudit(auditor))) lines.push(line);
  return lines;
};

/** As a superuser who switches the guard off. */
async function behindTheBack(statement: string): Promise<void> {
  await subject.admin.query(
    'alter table event_log.events disable trigger all; alter table event_log.commits disable trigger all',
  );
  await subject.admin.query(statement);
  await subject.admin.query(
    'alter table event_log.events enable always trigger append_only; alter table event_log.commits enable always trigger append_only',
  );
}

it('should verify a log as it was written, in the database and from an export', async () => {
  const found = await verify();
  expect(found).toMatchObject({ events: 10, commits: 3, head: 10, problems: [], seals: { total: 0 } });
  const offline = await verifyChain(parseExport(await exported()));
  expect(offline).toEqual(found);
});

it.each([
  [
    'a byte of the data',
    `update event_log.events set data = replace(data::text, 'Gr', 'gr')::json where position = ${ALTERED}`,
  ],
  [
    'white space in the data',
    `update event_log.events set data = (data::text || ' ')::json where position = ${ALTERED}`,
  ],
  [
    'a byte of the metadata',
    `update event_log.events set metadata = replace(metadata::text, 'system', 'systen')::json where position = ${ALTERED}`,
  ],
  [
    'a microsecond of the time',
    `update event_log.events set recorded_at = recorded_at + interval '1 microsecond' where position = ${ALTERED}`,
  ],
  ['the type', `update event_log.events set type = 'ThingUndone' where position = ${ALTERED}`],
  ['the schema version', `update event_log.events set schema_version = 2 where position = ${ALTERED}`],
  ['the version', `update event_log.events set version = 7 where position = ${ALTERED}`],
  ['the stream', `update event_log.events set stream_id = 'thing-1' where position = ${ALTERED}`],
])('should name the position where %s was changed', async (_what, statement) => {
  await behindTheBack(statement);
  const expected = [{ kind: 'event_altered', position: ALTERED, message: expect.any(String) }];
  expect((await verify()).problems).toEqual(expected);
  expect((await verifyChain(parseExport(await exported()))).problems).toEqual(expected);
});

it('should name a position whose event is gone, and one that was slipped in', async () => {
  await behindTheBack(`delete from event_log.events where position = ${ALTERED}`);
  expect((await verify()).problems).toMatchObject([{ kind: 'event_missing', position: ALTERED }]);
  await behindTheBack(
    `insert into event_log.events select 11, 'thing-2', category, 1, type, schema_version, data, metadata, recorded_at
       from event_log.events where position = 1`,
  );
  expect((await verify()).problems).toMatchObject([
    { kind: 'event_missing', position: ALTERED },
    { kind: 'event_unchained', position: 11 },
  ]);
});

it('should name two events that changed places', async () => {
  await behindTheBack(`update event_log.events set position = 100 where position = 3;
    update event_log.events set position = 3 where position = 4; update event_log.events set position = 4 where position = 100`);
  expect((await verify()).problems).toMatchObject([
    { kind: 'event_altered', position: 3 },
    { kind: 'event_altered', position: 4 },
  ]);
});

it('should notice an event whose hash in the commit was changed with it', async () => {
  await behindTheBack(`update event_log.events set data = '{}' where position = ${ALTERED}`);
  const records: AuditRecord[] = [];
  for await (const record of readAudit(auditor)) records.push(record);
  const event = records.find((record) => 'event' in record && record.event[0] === String(ALTERED)) as {
    event: EventText;
  };
  const forged = eventHash(event.event);
  await behindTheBack(
    `update event_log.commits set event_hashes = overlay(event_hashes placing decode('${forged}', 'hex') from 32 * (${ALTERED} - first_position)::int + 1)
      where ${ALTERED} between first_position and last_position`,
  );
  expect((await verify()).problems).toMatchObject([{ kind: 'commit_altered', position: 7 }]);
  // And the commit's own hash with it: then the next one does not follow.
  const commit = records.find((record) => 'commit' in record && record.commit.last_position === '7');
  if (!commit || !('commit' in commit)) throw new Error('no commit ends at position 7');
  const at = 64 * (ALTERED - Number(commit.commit.first_position));
  const { event_hashes } = commit.commit;
  const rewritten = commitHash({
    ...commit.commit,
    event_hashes: event_hashes.slice(0, at) + forged + event_hashes.slice(at + 64),
  });
  await behindTheBack(`update event_log.commits set hash = decode('${rewritten}', 'hex') where last_position = 7`);
  expect((await verify()).problems).toMatchObject([{ kind: 'chain_broken', position: 10 }]);
});

it('should notice missing and doubled commits', async () => {
  await behindTheBack(`delete from event_log.commits where last_position = 7`);
  const { problems } = await verify();
  expect(problems[0]).toMatchObject({ kind: 'chain_broken', position: 2 });
  expect(problems.map((problem) => problem.kind)).toContain('event_unchained');
});

describe('seals', () => {
  it('should be made over the end of the chain, once, and verify with the public key alone', async () => {
    const tasks = subject.poolAs('tasks');
    expect(await seal(tasks, privateKey)).toBe(10);
    expect(await seal(tasks, privateKey)).toBeUndefined();
    await subject.open().append(unitOf(freshStream(), 0));
    expect(await seal(auditor, privateKey)).toBe(11);
    const found = { problems: [], seals: { verified: 2, total: 2 }, sealedTo: 11 };
    expect(await verify({ publicKey })).toMatchObject(found);
    expect(await verifyChain(parseExport(await exported()), { publicKey })).toMatchObject(found);
    expect(await verify()).toMatchObject({ problems: [], seals: { verified: 0, total: 2 }, sealedTo: 0 });
  });

  it('should show that the whole chain was rewritten after the seal', async () => {
    await seal(auditor, privateKey);
    const lines = await exported();
    let previous = '00'.repeat(32);
    let hashes = '';
    const forged: string[] = [];
    for await (const record of parseExport(lines)) {
      if ('event' in record) {
        const event = record.event.with(6, record.event[6].replace('Gr', 'gr')) as unknown as EventText;
        hashes += eventHash(event);
        forged.push(JSON.stringify({ event }));
      } else if ('commit' in record) {
        const commit = { ...record.commit, prev_hash: previous, event_hashes: hashes };
        previous = commitHash(commit);
        hashes = '';
        forged.push(JSON.stringify({ commit: { ...commit, hash: previous } }));
      } else forged.push(JSON.stringify(record));
    }
    const { problems } = await verifyChain(parseExport([lines[0]!, ...forged]), { publicKey });
    expect(problems).toMatchObject([{ kind: 'seal_invalid', position: 10 }, { kind: 'seal_invalid' }]);
    // Without seals such a forgery is whole in itself: that is what they are for.
    const unsealed = forged.filter((line) => !line.startsWith('{"seal"'));
    expect((await verifyChain(parseExport([lines[0]!, ...unsealed]), { publicKey })).problems).toEqual([]);
  });

  it('should show that the log was cut', async () => {
    await seal(auditor, privateKey);
    await behindTheBack(
      `delete from event_log.commits where last_position = 10; delete from event_log.events where position > 7`,
    );
    expect((await verify({ publicKey })).problems[0]).toMatchObject({ kind: 'seal_invalid', position: 10 });
  });

  it('should not pass with another key, nor with a changed signature', async () => {
    await seal(auditor, privateKey);
    const other = generateKeyPairSync('ed25519');
    expect((await verify({ publicKey: other.publicKey })).problems).toMatchObject([{ kind: 'seal_invalid' }]);
    const lines = (await exported()).map((line) =>
      line.startsWith('{"seal"') ? line.replace(/"sealed_us":"1/, '"sealed_us":"2') : line,
    );
    expect((await verifyChain(parseExport(lines), { publicKey })).problems[0]).toMatchObject({
      kind: 'seal_invalid',
      position: 10,
    });
    expect(publicPem(privateKey)).toBe(publicPem(publicKey));
  });

  it('should be taken by the database only for what the chain has, and only forwards', async () => {
    const add = (position: string, hash: string) => {
      const made = signSeal(privateKey, position, hash, '1767225600000000');
      return auditor.query(`select event_log.add_seal($1, decode($2, 'hex'), $3, $4, decode($5, 'hex'))`, [
        made.last_position,
        made.hash,
        made.sealed_us,
        made.key_id,
        made.signature,
      ]);
    };
    await expect(add('10', 'ab'.repeat(32))).rejects.toMatchObject({ code: '22023' });
    await seal(auditor, privateKey);
    const { hash } = await verify();
    await expect(add('10', hash)).rejects.toMatchObject({ code: '23505' });
  });

  it('should be made every so often by a sealer, by one of several at a time', async () => {
    const errors: Error[] = [];
    const sealers = ['tasks', 'registry', 'gateway'].map((user) =>
      startSealer({
        pool: subject.poolAs(user as 'tasks'),
        privateKey,
        intervalMs: 5,
        onError: (error) => errors.push(error),
      }),
    );
    const log = subject.open();
    const deadline = performance.now() + 10_000;
    for (
      let sealed = 0;
      sealed < 3 && performance.now() < deadline;
      sealed = (await verify({ publicKey })).seals.verified
    )
      await log.append(unitOf(freshStream(), 0));
    await Promise.all(sealers.map((sealer) => sealer.stop()));
    const { problems, seals } = await verify({ publicKey });
    expect(problems).toEqual([]);
    expect(seals.verified).toBeGreaterThanOrEqual(3);
    expect(errors).toEqual([]);
  });
});

it('should notice a verifier that skips the payload', async () => {
  const withoutPayload = (event: EventText) => eventHash(event.with(6, '{}') as unknown as EventText);
  // Such a verifier cannot even follow the chain; one whose writer skips it too sees nothing when the payload changes.
  expect((await verify({ hashEvent: withoutPayload })).problems.length).toBeGreaterThan(0);
  const records: AuditRecord[] = [];
  let hashes = '';
  let previous = '00'.repeat(32);
  for await (const record of readAudit(auditor)) {
    if ('event' in record) {
      hashes += withoutPayload(record.event);
      records.push({ event: record.event.with(6, '{"forged":true}') as unknown as EventText });
    } else if ('commit' in record) {
      const commit = { ...record.commit, prev_hash: previous, event_hashes: hashes };
      previous = commitHash(commit);
      hashes = '';
      records.push({ commit: { ...commit, hash: previous } });
    }
  }
  expect((await verifyChain(records, { hashEvent: withoutPayload })).problems).toEqual([]);
  expect((await verifyChain(records)).problems.length).toBeGreaterThan(0);
});

it('should verify on a snapshot while appends go on, and let go of its connection when it is stopped', async () => {
  const log = subject.open();
  let count = 0;
  for await (const record of readAudit(auditor)) {
    if ('event' in record) {
      count += 1;
      await log.append(unitOf(freshStream(), 0));
    }
  }
  expect(count).toBe(10);
  for await (const record of readAudit(auditor)) {
    expect(record).toHaveProperty('event');
    break;
  }
  expect(await verify()).toMatchObject({ events: 20, problems: [] });
});
