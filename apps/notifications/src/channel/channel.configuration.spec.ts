import type { ChannelType } from '@ao/contracts';
import { isRejection } from '@ao/kernel';
import {
  configuredFields,
  mergedConfiguration,
  readConfiguration,
  type ConfigurationRules,
} from './channel.configuration';

const PUBLIC: ConfigurationRules = { allowPrivate: false, hasMailServer: true };
const DEVELOPMENT: ConfigurationRules = { allowPrivate: true, hasMailServer: true };

const slack = { webhook_url: 'https://hooks.slack.com/services/T000/B000/XXXXXXXX' };
const telegram = { bot_token: '123456:AAbbccddeeffgghhiijjkkllmmnnoopp', chat_id: '@agents' };
const webhook = { url: 'https://example.org/hook' };
const email = { to: ['ops@example.org'] };
const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

const read = (type: ChannelType, config: object, rules = PUBLIC) =>
  readConfiguration(type, config as Record<string, unknown>, rules);
function pointerOf(type: ChannelType, config: object, rules = PUBLIC): string | undefined {
  const result = read(type, config, rules);
  if (!isRejection(result)) throw new Error(`it was taken: ${JSON.stringify(config)}`);
  expect(result).toMatchObject({ rejection: 'invalid', code: 'channel_config_invalid' });
  return result.pointer;
}

describe('the configuration of a channel', () => {
  it.each<readonly [ChannelType, object]>([
    ['email', email],
    [
      'email',
      { ...email, from: 'agents@mailhost', smtp_url: 'smtps://u:p%40ss@mail.example.org', subject_prefix: '[ops]' },
    ],
    ['slack', slack],
    ['slack', { ...slack, channel: '#ops', username: 'agents' }],
    ['telegram', telegram],
    ['telegram', { ...telegram, chat_id: -1001234567890, api_url: 'https://bots.example.org:8443/api' }],
    ['webhook', webhook],
    ['webhook', { ...webhook, headers: { Authorization: 'Bearer abc', 'X-Team': 'ops' }, secret }],
  ])('should be taken for %s: %j', (type, config) => {
    const result = read(type, config);
    if (isRejection(result)) throw new Error(result.message);
    expect(result.type).toBe(type);
    expect(configuredFields(result)).toEqual(Object.keys(config).toSorted());
  });

  it.each<readonly [string, ChannelType, object]>([
    ['/config/to', 'email', {}],
    ['/config/to', 'email', { to: [] }],
    ['/config/to', 'email', { to: 'ops@example.org' }],
    ['/config/to', 'email', { to: Array.from({ length: 51 }, (_, n) => `a${n}@example.org`) }],
    ['/config/to/1', 'email', { to: ['a@b.org', 'nobody'] }],
    ['/config/to/0', 'email', { to: ['a@b.org\r\nBcc: c@d.org'] }],
    ['/config/from', 'email', { ...email, from: 'Agents <a@b.org>' }],
    ['/config/subject_prefix', 'email', { ...email, subject_prefix: 'a\r\nBcc: c@d.org' }],
    ['/config/smtp_url', 'email', { ...email, smtp_url: 'https://mail.example.org' }],
    ['/config/smtp_url', 'email', { ...email, smtp_url: 'smtp://mail.example.org/?proxy=http://10.0.0.1' }],
    ['/config/smtp_url', 'email', { ...email, smtp_url: 'smtp://10.0.0.7:25' }],
    ['/config/smtp_url', 'email', { ...email, smtp_url: 'smtp://localhost' }],
    ['/config/smtp_url', 'email', { ...email, smtp_url: 'smtp://127.1' }],
    ['/config/smtp_url', 'email', { ...email, smtp_url: 'smtp://[::ffff:10.0.0.1]' }],
    ['/config/smtp_url', 'email', { ...email, smtp_url: 'smtp://mail.example.org:6379' }],
    ['/config/webhook_url', 'slack', {}],
    ['/config/webhook_url', 'slack', { webhook_url: 'http://hooks.slack.com/services/x' }],
    ['/config/webhook_url', 'slack', { webhook_url: 'https://192.168.0.1/x' }],
    ['/config/channel', 'slack', { ...slack, channel: 7 }],
    ['/config/bot_token', 'telegram', { ...telegram, bot_token: 'token' }],
    ['/config/bot_token', 'telegram', { ...telegram, bot_token: `${telegram.bot_token}/../x` }],
    ['/config/chat_id', 'telegram', { ...telegram, chat_id: 'my chat' }],
    ['/config/api_url', 'telegram', { ...telegram, api_url: 'https://localhost' }],
    ['/config/api_url', 'telegram', { ...telegram, api_url: 'https://example.org/?a=b' }],
    ['/config/url', 'webhook', { url: 'https://u:p@example.org' }],
    ['/config/url', 'webhook', { url: 'https://example.org/#x' }],
    ['/config/url', 'webhook', { url: 'https://169.254.169.254/latest' }],
    ['/config/secret', 'webhook', { ...webhook, secret: 'short' }],
    ['/config/headers', 'webhook', { ...webhook, headers: ['a'] }],
    ['/config/headers/Host', 'webhook', { ...webhook, headers: { Host: 'other' } }],
    ['/config/headers/transfer-encoding', 'webhook', { ...webhook, headers: { 'transfer-encoding': 'chunked' } }],
    ['/config/headers/Webhook-Signature', 'webhook', { ...webhook, headers: { 'Webhook-Signature': 'v1,x' } }],
    ['/config/headers/X-A', 'webhook', { ...webhook, headers: { 'X-A': 'a\r\nX-B: c' } }],
    ['/config/headers/a~1b', 'webhook', { ...webhook, headers: { 'a/b': 'c' } }],
    ['/config/smtp-url', 'email', { ...email, 'smtp-url': 'smtp://mail.example.org' }],
    ['/config/bot_token', 'slack', { ...slack, bot_token: telegram.bot_token }],
  ])('rejects at %s for %s: %j', (pointer, type, config) => {
    expect(pointerOf(type, config)).toBe(pointer);
  });

  it.each<readonly [ChannelType, object, RegExp]>([
    ['webhook', { ...webhook, headers: { 'content-type': 'text/plain' } }, /^must be none of the headers/],
    ['webhook', { ...webhook, headers: { 'a/b': 'c' } }, /^must be a header's name$/],
    ['email', { to: ['nobody'] }, /^must be a mail address$/],
    ['slack', { ...slack, token: 'x' }, /^is no field of this type$/],
  ])('should say what is wrong in words of its own, and where in the pointer alone: %s %j', (type, config, words) => {
    expect(read(type, config)).toMatchObject({ message: expect.stringMatching(words) as string });
  });

  it('should lead to this machine in development alone', () => {
    const local: readonly (readonly [ChannelType, object])[] = [
      ['slack', { webhook_url: 'http://127.0.0.1:4000/services/x' }],
      ['telegram', { ...telegram, api_url: 'http://localhost:4000' }],
      ['webhook', { url: 'http://[::1]:4000/' }],
      ['email', { ...email, smtp_url: 'smtp://127.0.0.1:4000' }],
    ];
    for (const [type, config] of local) {
      expect(isRejection(read(type, config, DEVELOPMENT))).toBe(false);
      expect(isRejection(read(type, config, PUBLIC))).toBe(true);
    }
    expect(pointerOf('webhook', { url: 'http://169.254.169.254/' }, DEVELOPMENT)).toBe('/config/url');
  });

  it('should name a mail server where the installation has none', () => {
    const none = { ...PUBLIC, hasMailServer: false };
    expect(pointerOf('email', email, none)).toBe('/config/smtp_url');
    expect(isRejection(read('email', { ...email, smtp_url: 'smtps://mail.example.org' }, none))).toBe(false);
  });

  it('should never say a value that was given', () => {
    const canary = 'c4nary';
    const wrong: readonly (readonly [ChannelType, object])[] = [
      ['email', { to: [canary] }],
      ['email', { ...email, smtp_url: `http://user:${canary}@example.org` }],
      ['slack', { webhook_url: `http://example.org/${canary}` }],
      ['telegram', { ...telegram, bot_token: canary }],
      ['webhook', { ...webhook, secret: canary }],
      ['webhook', { ...webhook, headers: { 'X-A': `${canary}\n` } }],
    ];
    for (const [type, config] of wrong) {
      const result = read(type, config);
      expect(isRejection(result)).toBe(true);
      expect(JSON.stringify(result)).not.toContain(canary);
    }
  });

  it('should change by its fields, and lose those that are null', () => {
    const merged = mergedConfiguration({ ...slack, channel: '#a', username: 'x' }, { channel: '#b', username: null });
    expect(merged).toEqual({ ...slack, channel: '#b' });
  });
});
