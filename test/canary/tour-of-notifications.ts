import { saying, startReceiver } from '../../apps/notifications/test/receiver.testing';
import { canary, canaryOf, type Canary } from './canary';
import type { Cast } from './cast';

/** Of 24 bytes and more, as Standard Webhooks has it. */
export const signingSecret = (word: string): string => `whsec_${btoa(word)}`;

/** Webhooks and channels with secrets of all kinds, to a receiver who takes what they send and to one who repeats it. */
export async function tourOfNotifications({ asAdmin, askAsAdmin, hidden, spoken, unspoken }: Cast): Promise<void> {
  const receiver = await startReceiver(saying(200, {}, JSON.stringify({ ok: true, result: {} })));
  const signs = (name: string) => {
    const word = canary(name).text;
    return unspoken(canaryOf(name, signingSecret(word), [word, btoa(word)]));
  };
  try {
    const terms = { url: receiver.url, events: ['task.*'] };
    const given = signs('the given secret of a webhook');
    const { id: webhook } = await asAdmin('POST', '/api/v1/webhooks', { ...terms, secret: given.text });
    const at = `/api/v1/webhooks/${String(webhook)}`;
    expect(await asAdmin('POST', `${at}/test`)).toMatchObject({ delivered: true });
    await asAdmin('POST', `${at}/rotate-secret`, { secret: signs('the next secret of a webhook').text });
    expect(await asAdmin('POST', `${at}/test`)).toMatchObject({ delivered: true });
    const rotated = await asAdmin('POST', `${at}/rotate-secret`, {});
    const made = spoken(canaryOf('a secret of a webhook that was made up', rotated.secret as string));
    expect(made.text).toMatch(/^whsec_/);
    for (const secret of [hidden(), [signingSecret(hidden())], `${signingSecret(hidden())}!`])
      expect((await askAsAdmin('POST', '/api/v1/webhooks', { ...terms, secret })).status).toBe(422);
    expect((await askAsAdmin('PUT', at, { secret: signingSecret(hidden()) })).status).toBe(422);

    const token = (name: string, text?: (word: string) => string): Canary => unspoken(canary(name, text));
    const bot = token('the token of a bot', (word) => `123456:${word}abcdefghij`);
    const header = token('a header of a channel', (word) => `Bearer ${word}`);
    const key = token('the key in the URL of a channel');
    const configs = {
      telegram: { bot_token: bot.text, chat_id: '-1001234567', api_url: receiver.url },
      webhook: {
        ...{ url: `${receiver.url}/hook?key=${key.text}`, headers: { authorization: header.text } },
        secret: signs('the secret of a channel').text,
      },
    };
    const channels = '/api/v1/notifications/channels';
    for (const [type, config] of Object.entries(configs)) {
      const { id } = await asAdmin('POST', channels, { name: type, type, config });
      const channel = `${channels}/${String(id)}`;
      expect(await asAdmin('POST', `${channel}/test`)).toMatchObject({ delivered: true });
      receiver.answer(({ path, headers }) => ({ status: 403, body: `${path} ${headers.authorization}` }));
      const failed = await asAdmin('POST', `${channel}/test`);
      expect(failed).toMatchObject({ delivered: false, status_code: 403 });
      await asAdmin('GET', `${channel}/deliveries/${String(failed.delivery_id)}`);
      receiver.answer(saying(200, {}, JSON.stringify({ ok: true, result: {} })));
      await asAdmin('PUT', channel, { description: 'another' });
      expect((await askAsAdmin('PUT', channel, { config: { nothing: hidden() } })).status).toBe(422);
      await askAsAdmin('GET', channel);
    }
    for (const bot_token of [[hidden()], `no token ${hidden()}`]) {
      const wrong = { name: 'wrong', type: 'telegram', config: { ...configs.telegram, bot_token } };
      expect((await askAsAdmin('POST', channels, wrong)).status).toBe(422);
    }
    await askAsAdmin('GET', channels);
    await askAsAdmin('GET', '/api/v1/webhooks');
    await asAdmin('DELETE', at);
  } finally {
    await receiver.stop();
  }
}
