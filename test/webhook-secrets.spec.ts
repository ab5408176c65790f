import {
  changeWebhook,
  createSecret,
  createWebhook,
  deleteSecret,
  deleteWebhook,
  revealSecret,
  rotateWebhookSecret,
  type DataOf,
  type RequestContract,
  type ResultOf,
} from '@ao/contracts';
import type { CommandResult } from '@ao/event-log';
import { derivedId, isRejection, newId } from '@ao/kernel';
import { connectBus, createCommandClient, type Bus, type CommandClient } from '@ao/messaging';
import { newSigningSecret } from '@ao/outbound';
import { eventually, testStack, type TestStack } from '@ao/testing';
import type { Pool } from 'pg';

/** The service itself, asked as the gateway does: what it lets in, and its secrets when something dies on the way. */

let stack: TestStack;
let pool: Pool;
const buses: Bus[] = [];
let gateway: CommandClient;
let notifications: CommandClient;

beforeAll(async () => {
  stack = await testStack({ services: ['identity', 'notifications'], env: { ALLOW_PRIVATE_WEBHOOKS: 'false' } });
  pool = stack.database.pool();
  const clientOf = async (service: 'gateway' | 'notifications') => {
    const { user, password, inboxPrefix } = stack.nats.credentials(service);
    const bus = await connectBus({ url: stack.nats.url, user, password, inboxPrefix, name: 'test' });
    buses.push(bus);
    return createCommandClient(bus, { defaultTimeoutMs: 10_000 });
  };
  [gateway, notifications] = [await clientOf('gateway'), await clientOf('notifications')];
}, 120_000);
afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.drain()));
  await stack?.stop();
});

const send = <C extends RequestContract>(
  contract: C,
  data: DataOf<C>,
  command_id = newId(),
  client = gateway,
): Promise<CommandResult<ResultOf<C>>> =>
  client.send(contract, data, {
    ...{ command_id, correlation_id: command_id, causation_id: command_id, idempotent: true },
    actor: { type: 'user', id: 'somebody' },
  });
async function expectDone<Result>(answer: Promise<CommandResult<Result>>): Promise<Result> {
  const result = await answer;
  if (isRejection(result)) throw new Error(`${result.code}: ${result.message}`);
  return result.result;
}
const codeOf = async (answer: Promise<CommandResult>) => {
  const result = await answer;
  return isRejection(result) ? result.code : 'done';
};

const terms = {
  ...{ url: 'https://receiver.example/hook', events: ['task.*'], description: '', filter: null, enabled: true },
};
const eventsOf = async (id: string) => {
  const { rows } = await pool.query<{ type: string; data: { secret_id: string; secret_version: number } }>(
    `select type, data from event_log.events where stream_id = $1 order by version`,
    [`webhook-${id}`],
  );
  return rows;
};
const secretOf = (command_id: string) => derivedId('secret', derivedId('webhook-secret', command_id));
const valueOf = (secret_id: string, version?: number) =>
  send(revealSecret, { secret_id, ...(version !== undefined && { version }) }, newId(), notifications);

describe('where a webhook may lead', () => {
  const headOf = async () => (await pool.query(`select max(position) as head from event_log.events`)).rows;

  it.each([
    ...['http://receiver.example/', 'https://localhost/', 'https://127.0.0.1/', 'https://[::ffff:10.0.0.1]/'],
    ...['https://169.254.169.254/', 'https://postgres:5432/', 'https://receiver.example:22/', 'https://gateway/'],
    ...['https://identity.agent-orchestration.svc/', 'https://0x7f000001/', 'https://[64:ff9b::7f00:1]/'],
  ])('rejects %s, whoever asks', async (url) => {
    const { webhook_id } = await expectDone(send(createWebhook, { ...terms, secret: newSigningSecret() }));
    const before = await headOf();
    for (const answer of [send(createWebhook, { ...terms, url }), send(changeWebhook, { webhook_id, url })])
      expect(await answer).toMatchObject({ rejection: 'invalid', code: 'url_not_callable', pointer: '/url' });
    expect(await headOf()).toEqual(before);
  });
});

describe('a secret', () => {
  it('should be another where one was made up and nobody has seen it', async () => {
    const command_id = newId();
    const lost = {
      ...{ name: `webhook/${derivedId('webhook', command_id)}`, value: newSigningSecret(), category: 'webhook' },
      ...{ description: '', expires_at: null },
    };
    await expectDone(send(createSecret, lost, derivedId('webhook-secret', command_id), notifications));

    const { webhook_id, secret } = await expectDone(send(createWebhook, terms, command_id));
    const [created] = await eventsOf(webhook_id);
    expect(created!.data).toMatchObject({ secret_id: secretOf(command_id), secret_version: 2 });
    expect(secret).toMatch(/^whsec_/);
    expect(await expectDone(valueOf(created!.data.secret_id, 2))).toMatchObject({ value: secret });
  });

  it('should be shown to one of those who ask by the same command at once', async () => {
    const command_id = newId();
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(createWebhook, terms, command_id)));
    const done = answers.flatMap((answer) => (isRejection(answer) ? [] : [answer.result]));
    const codes = answers.flatMap((answer) => (isRejection(answer) ? [answer.code] : []));
    expect(done).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set(['secret_already_shown']));
    const [{ webhook_id, secret }] = done as [ResultOf<typeof createWebhook>];
    const events = await eventsOf(webhook_id);
    expect(events.map(({ type }) => type)).toEqual(['WebhookCreated']);
    const { secret_id, secret_version } = events[0]!.data;
    expect(await expectDone(valueOf(secret_id, secret_version))).toMatchObject({ value: secret });

    const rotation = newId();
    const rotated = await Promise.all(
      Array.from({ length: 8 }, () => send(rotateWebhookSecret, { webhook_id }, rotation)),
    );
    const [shown, ...others] = rotated.flatMap((answer) => (isRejection(answer) ? [] : [answer.result]));
    expect(others).toEqual([]);
    expect(await expectDone(valueOf(secret_id, shown!.secret_version))).toMatchObject({ value: shown!.secret });
    expect(await eventsOf(webhook_id)).toHaveLength(2);
  });

  it('should be taken as it is given, and never come back', async () => {
    const [command_id, secret] = [newId(), newSigningSecret()];
    const first = await expectDone(send(createWebhook, { ...terms, secret }, command_id));
    expect(first).toEqual({ webhook_id: first.webhook_id, created_at: first.created_at });
    expect(await expectDone(send(createWebhook, { ...terms, secret }, command_id))).toEqual(first);
    const other = send(createWebhook, { ...terms, secret: newSigningSecret() }, command_id);
    expect(await codeOf(other)).toBe('idempotency_key_reused');
    expect(await codeOf(send(createWebhook, terms, command_id))).toBe('idempotency_key_reused');
    expect(await expectDone(valueOf(secretOf(command_id)))).toMatchObject({ value: secret, version: 1 });
    const stored = await pool.query(`select 1 from event_log.commands where result::text like '%whsec%'`);
    expect(stored.rows).toEqual([]);
  });

  it('should go with its webhook, though the vault is away at that time', async () => {
    const command_id = newId();
    const { webhook_id } = await expectDone(send(createWebhook, terms, command_id));
    expect(await codeOf(valueOf(secretOf(command_id)))).toBe('done');
    await stack.service('identity').kill();
    await expectDone(send(deleteWebhook, { webhook_id }));

    // A creation that the vault cannot answer makes nothing, and its secret would not stay.
    const orphan = newId();
    expect(await codeOf(send(createWebhook, terms, orphan))).toMatch(/service_unavailable|outcome_unknown/);
    await stack.restart('identity');
    const name = `webhook/${derivedId('webhook', orphan)}`;
    const lost = { name, value: newSigningSecret(), category: 'webhook', description: '', expires_at: null };
    await expectDone(send(createSecret, lost, derivedId('webhook-secret', orphan), notifications));
    const { rowCount } = await pool.query(
      `update notifications.timers set due_at = now() where kind = 'webhook-secret' and payload->>'secret_id' = $1`,
      [secretOf(orphan)],
    );
    expect(rowCount).toBe(1);
    for (const gone of [command_id, orphan])
      await eventually(async () => expect(await codeOf(valueOf(secretOf(gone)))).toBe('secret_not_found'), {
        timeoutMs: 40_000,
      });
  });

  it('rejects a rotation where somebody has deleted it', async () => {
    const command_id = newId();
    const { webhook_id } = await expectDone(send(createWebhook, terms, command_id));
    await expectDone(send(deleteSecret, { secret_id: secretOf(command_id) }, newId(), notifications));
    for (const secret of [undefined, newSigningSecret()])
      expect(await codeOf(send(rotateWebhookSecret, { webhook_id, secret }))).toBe('webhook_secret_gone');
    expect(await eventsOf(webhook_id)).toHaveLength(1);
  });

  it('should stay while its webhook does', async () => {
    const command_id = newId();
    await expectDone(send(createWebhook, terms, command_id));
    const id = secretOf(command_id);
    const timers = (text: string) => pool.query(`${text} notifications.timers where payload->>'secret_id' = $1`, [id]);
    expect((await timers('select 1 from')).rows).toHaveLength(1);
    await pool.query(`update notifications.timers set due_at = now() where payload->>'secret_id' = $1`, [id]);
    await eventually(async () => expect((await timers('select 1 from')).rows).toEqual([]), { timeoutMs: 40_000 });
    expect(await codeOf(valueOf(secretOf(command_id)))).toBe('done');
  });
});
