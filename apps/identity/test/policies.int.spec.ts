import {
  changeIpRules,
  changePasswordPolicy,
  changeSecuritySettings,
  changeSettings,
  DEFAULT_PASSWORD_POLICY,
  DEFAULT_SECURITY_SETTINGS,
  DEFAULT_SETTINGS,
  showPolicies,
} from '@ao/contracts';
import { isRejection, newId } from '@ao/kernel';
import { startIdentity, type IdentityHarness } from './identity-harness';

describe('policies and settings', () => {
  let identity: IdentityHarness;

  beforeAll(async () => {
    identity = await startIdentity({ REGISTRATION_OPEN: 'false' });
    await identity.secondReplica();
  });

  afterAll(() => identity?.stop());

  const show = () => identity.expectDone(showPolicies, {});

  it('should begin with the defaults, and with what the environment says of registration', async () => {
    const { security, password, ip_rules, settings, changed_at } = await show();
    expect(security).toEqual({ ...DEFAULT_SECURITY_SETTINGS, registration_open: false });
    expect(password).toEqual(DEFAULT_PASSWORD_POLICY);
    expect(ip_rules).toEqual({ allow: [], block: [] });
    expect(settings).toEqual(DEFAULT_SETTINGS);
    expect(Object.values(changed_at)).toEqual([null, null, null, null]);
  });

  it('should lose no change of many at once on two replicas', async () => {
    const security = { session_hours: 2, access_token_minutes: 3, login_window_minutes: 4, recent_login_minutes: 5 };
    const password = { min_length: 20, require_digit: true, require_symbol: true };
    await Promise.all([
      ...Object.entries(security).map(([name, value]) =>
        identity.expectDone(changeSecuritySettings, { [name]: value } as Partial<typeof DEFAULT_SECURITY_SETTINGS>),
      ),
      ...Object.entries(password).map(([name, value]) =>
        identity.expectDone(changePasswordPolicy, { [name]: value } as Partial<typeof DEFAULT_PASSWORD_POLICY>),
      ),
    ]);
    const now = await show();
    expect(now.security).toMatchObject({ ...security, registration_open: false });
    expect(now.password).toMatchObject(password);
    expect(now.changed_at).toMatchObject({
      security: expect.any(String),
      password: expect.any(String),
      ip_rules: null,
    });
    // Each of them is an event that changed one thing.
    const changes = await identity.told<{ changed: string[] }>('policy');
    expect(changes.map(({ data }) => data.changed.length)).toEqual(new Array(7).fill(1));
  });

  it('should keep the history of settings without gaps, whoever changes them at once', async () => {
    const name = 'rate_limits.requests_per_hour';
    const values = Array.from({ length: 20 }, (_, index) => 2_000 + index);
    await Promise.all(values.map((value) => identity.expectDone(changeSettings, { changes: [{ name, value }] })));
    const history = await identity.told<{ changes: { value: number; previous: number }[] }>('settings');
    const steps = history.map(({ data }) => data.changes[0]!);
    expect(steps).toHaveLength(values.length);
    expect(steps.map(({ previous }) => previous)).toEqual([1_000, ...steps.slice(0, -1).map(({ value }) => value)]);
    expect((await show()).settings[name]).toBe(steps.at(-1)!.value);
  });

  it('should change several settings or none', async () => {
    const before = await identity.told('settings');
    const wrong = await identity.ask(changeSettings, {
      changes: [
        { name: 'tasks.lease_seconds', value: 61 },
        { name: 'general.time_zone', value: 7 },
      ],
    });
    expect(wrong).toMatchObject({ rejection: 'invalid', pointer: '/changes/1/value' });
    const unknown = await identity.ask(changeSettings, { changes: [{ name: 'no.such', value: 1 }] });
    expect(unknown).toMatchObject({ rejection: 'not_found', code: 'setting_not_found', pointer: '/changes/0/name' });
    expect(await identity.told('settings')).toHaveLength(before.length);
    expect(
      await identity.expectDone(changeSettings, { changes: [{ name: 'general.time_zone', value: 'UTC' }] }),
    ).toMatchObject({ changed: [] });
    expect(await identity.told('settings')).toHaveLength(before.length);
  });

  it('should take the same command once', async () => {
    const before = (await identity.told('policy')).length;
    const command_id = newId();
    const [first, second] = [
      await identity.ask(changeSecuritySettings, { session_hours: 9 }, { command_id }),
      await identity.ask(changeSecuritySettings, { session_hours: 9 }, { command_id }),
    ];
    expect(second).toEqual(first);
    expect(await identity.told('policy')).toHaveLength(before + 1);
  });

  it('rejects values out of bounds, naming them', async () => {
    const rejected = await identity.ask(changeSecuritySettings, { access_token_minutes: 16 });
    expect(rejected).toMatchObject({ rejection: 'invalid', pointer: '/access_token_minutes' });
  });

  it('rejects IP rules that would lock the caller out, and keeps its address nowhere', async () => {
    const caller_address = '198.51.100.23';
    const before = (await identity.told('policy')).length;
    const locked = await identity.ask(changeIpRules, {
      allow: [{ cidr: '203.0.113.0/24', description: '' }],
      caller_address,
    });
    expect(locked).toMatchObject({ rejection: 'conflict', code: 'would_lock_out', pointer: '/allow' });
    expect(await identity.told('policy')).toHaveLength(before);

    const rules = await identity.expectDone(changeIpRules, {
      allow: [{ cidr: '198.51.100.77/24', description: 'office' }],
      caller_address,
    });
    expect(rules).toEqual({ allow: [{ cidr: '198.51.100.0/24', description: 'office' }], block: [] });
    expect(await identity.rowsWith('198.51.100.0/24')).toBeGreaterThan(0);
    expect(await identity.rowsWith(caller_address)).toBe(0);
  });

  it('should take lists as long as allowed, and show them whole', async () => {
    const block = Array.from({ length: 1_000 }, (_, index) => ({
      cidr: `10.${index >> 8}.${index & 255}.0/24`,
      description: `network ${index}`,
    }));
    const changed = await identity.ask(changeIpRules, { block, caller_address: '198.51.100.23' });
    expect(isRejection(changed)).toBe(false);
    expect((await show()).ip_rules.block).toEqual(block);
  });
});
