import { coordinatorIsOpen, gatewayConfig, whyConfigIsUnsafe } from './gateway.config';

const KEY = { BOOTSTRAP_API_KEY: 'a-key-for-this-test' };

describe('the configuration of the gateway', () => {
  it('should fill in what is not set', () => {
    expect(gatewayConfig.parse(KEY)).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 3000,
      COMPAT_PORTS: [],
      COORDINATOR_OPEN: false,
      GATEWAY_ROLE: 'all',
      HEARTBEAT_INTERVAL: 30,
    });
  });

  it('should read a list of ports', () => {
    expect(gatewayConfig.parse({ ...KEY, COMPAT_PORTS: '9001, 8000' }).COMPAT_PORTS).toEqual([9001, 8000]);
  });

  it.each([
    {},
    { BOOTSTRAP_API_KEY: 'short' },
    { ...KEY, PORT: '70000' },
    { ...KEY, COMPAT_PORTS: 'http' },
    { ...KEY, COORDINATOR_OPEN: 'perhaps' },
  ])('rejects %j', (environment) => {
    expect(gatewayConfig.safeParse(environment).success).toBe(false);
  });

  it('should open the coordinator on loopback only', () => {
    const open = gatewayConfig.parse({ ...KEY, COORDINATOR_OPEN: 'true' });
    expect(coordinatorIsOpen(open)).toBe(true);
    expect(coordinatorIsOpen({ ...open, HOST: '0.0.0.0' })).toBe(false);
  });

  it('rejects an open coordinator on a public address in production, in one sentence', () => {
    const open = gatewayConfig.parse({ ...KEY, COORDINATOR_OPEN: 'true', HOST: '0.0.0.0' });
    expect(whyConfigIsUnsafe({ ...open, NODE_ENV: 'production' })).toMatch(/^COORDINATOR_OPEN=true .*\.$/);
    expect(whyConfigIsUnsafe({ ...open, NODE_ENV: 'development' })).toBeUndefined();
    expect(whyConfigIsUnsafe({ ...open, HOST: '127.0.0.1', NODE_ENV: 'production' })).toBeUndefined();
  });
});
