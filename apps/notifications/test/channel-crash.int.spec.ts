import {
  createCommandShell,
  createEventLog,
  createPool,
  createSubscriptions,
  type CommandShell,
  type EventLog,
  type Subscriptions,
} from '@ao/event-log';
import { isRejection, isoTime, newId, streamId } from '@ao/kernel';
import { connectBus, createCommandClient, inboxPrefixOf, type Bus, type CommandClient } from '@ao/messaging';
import { createOutbound } from '@ao/outbound';
import { eventually, testMetadata, testStack, type TestStack } from '@ao/testing';
import { createTimers, type Timers } from '@ao/timers';
import type { Pool } from 'pg';
import { createChannelSecrets } from '../src/channel/channel-secrets';
import { channelSender } from '../src/channel/channel.sender';
import { Channels } from '../src/channel/channels';
import { createMailTransport } from '../src/channel/mail.transport';

const slack = (word: string) => ({ webhook_url: `https://hooks.slack.com/services/${word}` });

/** Channels in this process over the real vault: what becomes of secrets when the process dies between two commands. */
describe('the secrets of channels', () => {
  jest.setTimeout(120_000);
  let stack: TestStack;
  let admin: Pool;
  let pool: Pool;
  let log: EventLog;
  let bus: Bus;
  let commands: CommandClient;
  let shell: CommandShell;
  let subscriptions: Subscriptions;
  let timers: Timers;
  let channels: Channels;
  let vault: ReturnType<typeof createChannelSecrets>['vault'];
  const errors: unknown[] = [];
  /** As if the process had ended there. */
  let crash: 'before' | 'after' | undefined;

  beforeAll(async () => {
    stack = await testStack({ services: ['identity'] });
    admin = stack.database.pool('admin');
    pool = createPool(stack.database.urlFor('notifications'), { applicationName: 'channels', max: 12 });
    log = createEventLog({ pool });
    await log.ready();
    const { user, password } = stack.nats.credentials('notifications');
    const inboxPrefix = inboxPrefixOf('notifications');
    bus = await connectBus({ url: stack.nats.url, user, password, inboxPrefix, name: 'channels' });
    commands = createCommandClient(bus, { defaultTimeoutMs: 10_000 });
    shell = createCommandShell(log);
    timers = createTimers({ pool, schema: 'notifications', pollIntervalMs: 50 });
    const secrets = createChannelSecrets({ commands, pool, shell, timers, clock: log.clock });
    vault = secrets.vault;
    const { secretTimers } = secrets;
    subscriptions = createSubscriptions({ pool, log, schema: 'notifications', pollIntervalMs: 20 });
    await subscriptions.owned(secrets.subscription);
    timers.start((timer) => {
      const handler = secrets.whenDue[timer.kind];
      if (!handler) throw new Error(`a timer of the kind ${timer.kind}`);
      return handler(timer);
    });
    channels = new Channels({
      ...{ log, vault, secretTimers, rulesOf: () => Promise.resolve(0) },
      deliveries: { test: () => Promise.reject(new Error('nothing is sent here')) },
      rules: { allowPrivate: false, hasMailServer: true },
      shell: {
        state: shell.state,
        run: async (...parameters) => {
          if (crash === 'before') throw new Error('crashed');
          const result = await shell.run(...parameters);
          if (crash === 'after') throw new Error('crashed');
          return result;
        },
      } as CommandShell,
    });
  }, 120_000);
  afterAll(async () => {
    await timers?.stop();
    await subscriptions?.stop();
    await log?.close();
    await pool?.end();
    await bus?.drain();
    await stack?.stop();
  });
  afterEach(() => (crash = undefined));

  const terms = { name: 'ops', type: 'slack' as const, description: '', enabled: true };
  /** The types of the events of a channel's secret. */
  async function secretsOf(channel_id: string): Promise<string[][]> {
    const { rows } = await admin.query<{ types: string[] }>(
      `select array_agg(e.type order by e.version) as types from event_log.events c
         join event_log.events e using (stream_id)
        where c.type = 'SecretCreated' and c.data ->> 'name' = $1 group by e.stream_id`,
      [`channel/${channel_id}`],
    );
    return rows.map(({ types }) => types);
  }
  const timersOf = async (channel_id: string) =>
    (await admin.query(`select 1 from notifications.timers where payload ->> 'owner_id' = $1`, [channel_id])).rowCount;
  const makeDue = (channel_id: string) =>
    admin.query(`update notifications.timers set due_at = now() where payload ->> 'owner_id' = $1`, [channel_id]);
  async function expectDone<Result>(answer: Promise<Result>): Promise<Extract<Result, { kind: 'done' }>> {
    const result = await answer;
    if (isRejection(result)) throw new Error(result.message);
    return result as Extract<Result, { kind: 'done' }>;
  }
  const create = async (word: string) => {
    const data = { ...terms, config: slack(word) };
    return (await expectDone(channels.create(data, testMetadata()))).result.channel_id;
  };

  it.each(['before', 'after'] as const)(
    'should be one when a creation is repeated that died %s its event',
    async (when) => {
      const metadata = testMetadata({ idempotent: true });
      const data = { ...terms, config: slack(when) };
      crash = when;
      await expect(channels.create(data, metadata)).rejects.toThrow('crashed');
      crash = undefined;
      const { channel_id } = (await expectDone(channels.create(data, metadata))).result;
      expect(await secretsOf(channel_id)).toEqual([['SecretCreated']]);
      expect(await channels.create({ ...terms, config: slack('other') }, metadata)).toMatchObject({
        code: 'idempotency_key_reused',
      });
    },
  );

  it('should go when the channel never came, and stay when it did', async () => {
    const metadata = testMetadata();
    crash = 'before';
    await expect(channels.create({ ...terms, config: slack('lost') }, metadata)).rejects.toThrow('crashed');
    crash = undefined;
    const { rows } = await admin.query<{ channel_id: string }>(
      `select payload ->> 'owner_id' as channel_id from notifications.timers order by due_at desc limit 1`,
    );
    const { channel_id: lost } = rows[0]!;
    const living = await create('living');
    for (const channel_id of [lost, living]) {
      expect(await timersOf(channel_id)).toBe(1);
      await makeDue(channel_id);
      await eventually(async () => expect(await timersOf(channel_id)).toBe(0));
    }
    expect(await secretsOf(lost)).toEqual([['SecretCreated', 'SecretDeleted']]);
    expect(await secretsOf(living)).toEqual([['SecretCreated']]);
  });

  it.each(['before', 'after'] as const)(
    'should have one version more when a change is repeated that died %s its event',
    async (when) => {
      const channel_id = await create(`changed-${when}`);
      const metadata = testMetadata({ idempotent: true });
      const change = () => channels.change({ channel_id, config: { username: 'agents' } }, metadata);
      crash = when;
      await expect(change()).rejects.toThrow('crashed');
      crash = undefined;
      expect((await expectDone(change())).result).toMatchObject({ secret_version: 2 });
      const [types] = await secretsOf(channel_id);
      expect(types!.filter((type) => type === 'SecretRotated')).toHaveLength(1);
      expect(await channels.change({ channel_id, config: { username: 'other' } }, metadata)).toMatchObject({
        code: 'idempotency_key_reused',
      });
    },
  );

  it('should have no version more when nothing of the configuration changes, and be asked again for that', async () => {
    const channel_id = await create('same');
    const metadata = testMetadata({ idempotent: true });
    const change = (name: string) => channels.change({ channel_id, name, config: slack('same') }, metadata);
    const first = await expectDone(change('renamed'));
    expect(first.result).toMatchObject({ secret_version: 1 });
    expect((await expectDone(change('renamed'))).result).toEqual(first.result);
    expect(await change('again')).toMatchObject({ code: 'idempotency_key_reused' });
    expect((await secretsOf(channel_id))[0]).not.toContain('SecretRotated');
  });

  it('should know a repetition however its values are written', async () => {
    const config = { bot_token: '123456:AAbbccddeeffgghhiijjkkllmm', chat_id: '@agents' };
    const created = await expectDone(channels.create({ ...terms, type: 'telegram', config }, testMetadata()));
    const { channel_id } = created.result;
    const metadata = testMetadata({ idempotent: true });
    const change = () => channels.change({ channel_id, config: { chat_id: -100_123 } }, metadata);
    expect(await change()).toEqual(await change());
    expect((await expectDone(change())).result).toMatchObject({ secret_version: 2 });
  });

  it('should go with the channel, later when the vault cannot be asked now, which is no fault of channels', async () => {
    const channel_id = await create('deleted');
    const kept = await create('kept');
    await stack.service('identity').kill();
    const outbound = createOutbound({ allowPrivate: false });
    const sender = channelSender({
      ...{ shell, vault, channels, outbound, clock: log.clock, onError: (error) => errors.push(error) },
      mail: createMailTransport({ from: 'agents@example.org', allowPrivate: false }),
    });
    const target = { kind: 'channel', id: kept } as const;
    const delivery = {
      ...{ delivery_id: newId(), target, event: 'task.failed', position: 1, attempt: 2 },
      ...{ created_at: isoTime(log.clock.now()), message: { severity: 'info', subject: 'a', body: '' } },
    };
    const result = await sender.send(delivery, AbortSignal.timeout(30_000));
    expect(result).toMatchObject({ delivered: false, error: 'secret_unavailable' });
    await sender.ended?.(delivery, result);
    sender.fared?.([{ target, failing_since: delivery.created_at, most_tries: 2, gone: false }]);
    await sender.ended?.(delivery, { delivered: false, error: 'timeout' });
    await outbound.close();
    const said = await log.readStream(streamId('channel', kept));
    expect(said.map(({ type, data }) => [type, (data as { error?: string }).error])).toEqual([
      ['ChannelCreated', undefined],
      ['ChannelFailed', 'timeout'],
    ]);
    expect(errors).toEqual([]);
    await expectDone(channels.delete({ channel_id }, testMetadata()));
    await eventually(async () => {
      const { rows } = await admin.query<{ due: boolean }>(
        `select due_at <= now() as due from notifications.timers where payload ->> 'owner_id' = $1`,
        [channel_id],
      );
      expect(rows).toEqual([{ due: true }]);
    });
    expect(await secretsOf(channel_id)).toEqual([['SecretCreated']]);
    await stack.restart('identity');
    await eventually(async () => expect(await secretsOf(channel_id)).toEqual([['SecretCreated', 'SecretDeleted']]), {
      timeoutMs: 60_000,
    });
    await eventually(async () => expect(await timersOf(channel_id)).toBe(0));
  });
});
