import { createEventLog, createCommandShell, createPool, createSubscriptions, type EventLog } from '@ao/event-log';
import { loopbackBus, type LoopbackBus } from '@ao/event-log/testing';
import { newId, type CommandMetadata } from '@ao/kernel';
import { memoryKeyStore, testKek } from '@ao/sealing/testing';
import { createKeyRing, createSealer } from '@ao/sealing';
import { eventually, testDatabase, type TestDatabase } from '@ao/testing';
import { decodeProtectedHeader } from 'jose';
import { SIGNING_KEY_GRACE_MS, SIGNING_KEY_SETTLE_MS, signingKeyId } from './signing-key.rules';
import { createSigningKeyRing, type SigningKeyRing } from './signing-keys';
import { createTokenSigner, type TokenSigner } from './token-signer';

interface Replica {
  readonly keys: SigningKeyRing;
  readonly signer: TokenSigner;
  stop(): Promise<void>;
}

describe('the keys that sign tokens, at two replicas', () => {
  let database: TestDatabase;
  let bus: LoopbackBus;
  let replicas: Replica[];
  /** How far the tests' clock is ahead of Postgres'. */
  let ahead: number;
  const ring = createKeyRing(testKek('test'));
  const store = memoryKeyStore();

  beforeEach(async () => {
    database = await testDatabase();
    bus = loopbackBus();
    ahead = 0;
    replicas = [await replica(), await replica()];
  });
  afterEach(async () => {
    await Promise.all(replicas.map((each) => each.stop()));
    await database.drop();
  });

  async function replica(): Promise<Replica> {
    const pool = createPool(database.urlFor('identity'), { applicationName: 'identity-test', max: 5 });
    const log: EventLog = createEventLog({ pool, bus });
    await log.ready();
    const subscriptions = createSubscriptions({ pool, log, bus, schema: 'identity', pollIntervalMs: 100 });
    const clock = { now: () => log.clock.now() + ahead };
    const keys = createSigningKeyRing({
      ...{ log, shell: createCommandShell(log), subscriptions, clock },
      sealer: createSealer({ ring, store }),
      onError: (error) => {
        throw error;
      },
    });
    return {
      keys,
      signer: createTokenSigner(keys, clock),
      stop: async () => {
        keys.stop();
        await subscriptions.stop();
        await log.close();
        await pool.end();
      },
    };
  }

  const metadata = (): CommandMetadata => {
    const command_id = newId();
    return { command_id, actor: { type: 'user', id: newId() }, correlation_id: command_id, causation_id: command_id };
  };
  const types = async () => {
    const sql = `select type from event_log.events where category = 'signingkey' order by position`;
    return (await database.pool().query<{ type: string }>(sql)).rows.map(({ type }) => type);
  };
  const kidOf = async ({ signer }: Replica) => decodeProtectedHeader(await signer.signMfa(newId(), 300, 1)).kid;
  const start = () => Promise.all(replicas.map(({ keys }) => keys.start()));

  it('should be one key, made once, by which each verifies what the other signed', async () => {
    replicas.push(await replica(), await replica(), await replica());
    await start();
    expect(await types()).toEqual(['SigningKeyCreated']);
    const [one, other] = replicas as [Replica, Replica];
    const user_id = newId();
    await eventually(async () =>
      expect(await other.signer.verifyMfa(await one.signer.signMfa(user_id, 300, 1))).toMatchObject({ user_id }),
    );
    await eventually(async () =>
      expect(await one.signer.verifyMfa(await other.signer.signMfa(user_id, 300, 1))).toMatchObject({ user_id }),
    );
  });

  it('should keep the private half sealed', async () => {
    await start();
    const sql = `select data->>'private_key' as sealed from event_log.events where category = 'signingkey'`;
    const { rows } = await database.pool().query<{ sealed: string }>(sql);
    expect(rows[0]!.sealed).toMatch(/^s1\.installation\./);
    expect(Buffer.from(rows[0]!.sealed.split('.')[2]!, 'base64url').toString('latin1')).not.toContain('PRIVATE');
  });

  it('should follow a rotation everywhere, and trust the old one as long as its tokens can live', async () => {
    await start();
    const [one, other] = replicas as [Replica, Replica];
    await eventually(async () => expect(await kidOf(other)).toBe(signingKeyId(1)));
    const user_id = newId();
    const before = await one.signer.signMfa(user_id, 4 * 3_600, 1);

    expect(await other.keys.rotate(metadata())).toMatchObject({ result: { key_id: signingKeyId(2) } });
    // Nobody signs with it before everybody knows it.
    expect(await kidOf(one)).toBe(signingKeyId(1));
    ahead = SIGNING_KEY_SETTLE_MS;
    await eventually(async () => {
      for (const each of replicas) expect(await kidOf(each)).toBe(signingKeyId(2));
    });
    expect(await other.signer.verifyMfa(before)).toMatchObject({ user_id });

    ahead = SIGNING_KEY_GRACE_MS - 60_000;
    await one.keys.retireOld();
    expect(await types()).toEqual(['SigningKeyCreated', 'SigningKeyCreated']);
    expect(await other.signer.verifyMfa(before)).toMatchObject({ user_id });

    ahead = SIGNING_KEY_GRACE_MS + 1_000;
    await Promise.all(replicas.map(({ keys }) => keys.retireOld()));
    expect(await types()).toEqual(['SigningKeyCreated', 'SigningKeyCreated', 'SigningKeyRetired']);
    for (const { signer } of replicas)
      await eventually(async () => expect(await signer.verifyMfa(before)).toBeUndefined());
    // A replica that starts later learns the same from the log.
    const late = await replica();
    replicas.push(late);
    await late.keys.start();
    expect(await late.signer.verifyMfa(before)).toBeUndefined();
    expect(await kidOf(late)).toBe(signingKeyId(2));
    expect(await types()).toHaveLength(3);
  });

  it('should survive rotations at the same moment: each is answered with a key there is', async () => {
    await start();
    const rotated = await Promise.all(
      replicas.flatMap(({ keys }) => [keys.rotate(metadata()), keys.rotate(metadata())]),
    );
    const made = (await types()).length;
    const named = rotated.map((each) => (each.kind === 'done' ? each.result.key_id : each.message));
    const known = Array.from({ length: made }, (_, index) => signingKeyId(index + 1));
    for (const key_id of named) expect(known.slice(1)).toContain(key_id);
    ahead = SIGNING_KEY_SETTLE_MS;
    await eventually(async () => {
      for (const each of replicas) expect(await kidOf(each)).toBe(known.at(-1));
    });
  });

  it('should give a repeated rotation its first answer', async () => {
    await start();
    const [one, other] = replicas as [Replica, Replica];
    const same = metadata();
    const first = await one.keys.rotate(same);
    expect(await other.keys.rotate(same)).toEqual(first);
    expect(await types()).toEqual(['SigningKeyCreated', 'SigningKeyCreated']);
    // The control: another rotation makes another key.
    await one.keys.rotate(metadata());
    expect(await types()).toHaveLength(3);
  });
});
