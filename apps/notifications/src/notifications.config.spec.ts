import { loadConfig } from '@ao/platform';
import { notificationsConfig } from './notifications.config';

const load = (env: Record<string, string> = {}) =>
  loadConfig('notifications', notificationsConfig, { DATABASE_URL: 'postgres://u:p@h/d', ...env });

describe('the configuration of notifications', () => {
  it('should call nobody private and send no mail unless told to', () => {
    const config = load({ ALLOW_PRIVATE_WEBHOOKS: '', SMTP_URL: '', MAIL_FROM: '' });
    expect(config).toMatchObject({
      NATS_USER: 'notifications',
      HEALTH_PORT: 3105,
      ALLOW_PRIVATE_WEBHOOKS: false,
      MAIL_FROM: 'agent-orchestration@localhost',
      DELIVERY_RETENTION_DAYS: 30,
      WEBHOOK_DISABLE_AFTER_HOURS: 120,
    });
    expect(config.SMTP_URL).toBeUndefined();
  });

  it('should take what it is told', () => {
    const env = { SMTP_URL: 'smtps://u:p@mail.example.org:465', MAIL_FROM: 'agents@localhost' };
    expect(load({ ...env, ALLOW_PRIVATE_WEBHOOKS: 'true' })).toMatchObject({ ...env, ALLOW_PRIVATE_WEBHOOKS: true });
  });

  it.each([
    ['ALLOW_PRIVATE_WEBHOOKS', 'perhaps'],
    ['SMTP_URL', 'https://user:hidden@mail.example.org'],
    ['SMTP_URL', 'smtp://user:hidden@mail.example.org?pool=true'],
    ['MAIL_FROM', 'nobody'],
    ['ALERT_UNHEALTHY_SECONDS', '9'],
    ['ALERT_DEAD_LETTERS', '0'],
    ['DELIVERY_RETENTION_DAYS', '0'],
    ['WEBHOOK_DISABLE_AFTER_HOURS', 'soon'],
    ['MAIL_FROM', 'a@b.org\r\nBcc: c@d.org'],
  ])('rejects %s=%p by its name, without repeating it', (name, value) => {
    expect(() => load({ [name]: value })).toThrow(new RegExp(`^notifications cannot start, .*: ${name} has a value`));
    expect(() => load({ [name]: value })).not.toThrow(/hidden|nobody|Bcc|perhaps/);
  });
});
