import { SERVICES } from '@ao/embedded';
import { environmentOf, type EnvironmentOptions } from './service-environment';
import { readSettings } from './settings';

function options(env: NodeJS.ProcessEnv): EnvironmentOptions {
  return {
    settings: readSettings(env),
    env,
    port: 4000,
    apiKey: 'ao_key',
    admin: { email: 'admin@example.org', password: 'a long enough password', madeNow: true },
    sealingKeys: { SEALING_KEYS_FILE: '/data/sealing-keys' },
    caKeys: { CA_KEYS_FILE: '/data/ca-keys' },
  };
}

describe('the environment of a service', () => {
  it.each([
    [['gateway'], 'COORDINATOR_OPEN'],
    [['identity'], 'REGISTRATION_OPEN'],
    [['notifications', 'workflows'], 'ALLOW_PRIVATE_WEBHOOKS'],
  ] as const)('should set %s, %s, by whether only this machine can connect, unless it is told', (services, name) => {
    for (const service of services) {
      const value = (env: NodeJS.ProcessEnv) => environmentOf(service, options(env))[name];
      for (const HOST of ['', '127.0.0.1', 'localhost', '::1']) expect(value({ HOST })).toBe('true');
      for (const HOST of ['0.0.0.0', '::', '192.168.1.10']) expect(value({ HOST })).toBe('false');
      expect(value({ [name]: '' })).toBe('true');
      expect(value({ [name]: 'false' })).toBe('false');
      expect(value({ HOST: '0.0.0.0', [name]: 'true' })).toBe('true');
    }
    const given: readonly string[] = services;
    for (const other of SERVICES.filter((candidate) => !given.includes(candidate)))
      expect(environmentOf(other, options({}))).not.toHaveProperty(name);
  });

  it('should keep what one service alone may know from the others', () => {
    const owners = {
      SEALING_KEYS: 'identity',
      SEALING_KEYS_FILE: 'identity',
      BOOTSTRAP_ADMIN_EMAIL: 'identity',
      BOOTSTRAP_ADMIN_PASSWORD: 'identity',
      CA_KEYS: 'registry',
      CA_KEYS_FILE: 'registry',
      SMTP_URL: 'notifications',
    };
    const env: NodeJS.ProcessEnv = {
      ...Object.fromEntries(Object.keys(owners).map((name) => [name, 'twelve characters'])),
      BOOTSTRAP_ADMIN_EMAIL: 'admin@example.org',
    };
    for (const [name, owner] of Object.entries(owners)) {
      const holders = SERVICES.filter((service) => {
        const given: NodeJS.ProcessEnv = { ...env, ...environmentOf(service, options(env)) };
        return given[name] !== undefined;
      });
      expect([name, holders]).toEqual([name, [owner]]);
    }
  });
});
