import { loadConfig } from '@ao/platform';
import { workflowsConfig } from './workflows.config';

const load = (env: Record<string, string> = {}) =>
  loadConfig('workflows', workflowsConfig, { DATABASE_URL: 'postgres://u:p@h/d', ...env });

describe('the configuration of workflows', () => {
  it('should call nobody private unless told to', () => {
    expect(load({ ALLOW_PRIVATE_WEBHOOKS: '' })).toMatchObject({
      ...{ NATS_USER: 'workflows', HEALTH_PORT: 3106, ALLOW_PRIVATE_WEBHOOKS: false },
    });
    expect(load({ ALLOW_PRIVATE_WEBHOOKS: 'true' }).ALLOW_PRIVATE_WEBHOOKS).toBe(true);
  });

  it.each([['ALLOW_PRIVATE_WEBHOOKS', 'perhaps']])('rejects %s=%p by its name, without repeating it', (name, value) => {
    expect(() => load({ [name]: value })).toThrow(new RegExp(`^workflows cannot start, .*: ${name} has a value`));
    expect(() => load({ [name]: value })).not.toThrow(new RegExp(value));
  });
});
