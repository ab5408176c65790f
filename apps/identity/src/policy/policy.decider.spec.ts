import { DEFAULT_POLICIES, type PolicyEvent } from '@ao/contracts';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { defaultPolicies, shared } from './policies';
import { policyDecider } from './policy.decider';

const at = '2026-01-01T00:00:00.000Z';
const { security, password } = DEFAULT_POLICIES;
const { given } = deciderSpec(policyDecider(DEFAULT_POLICIES));
const allowed = (...cidrs: string[]) => cidrs.map((cidr) => ({ cidr, description: '' }));

describe('security settings', () => {
  it('should change what is given and leave the rest', () => {
    const settings = { ...security, session_hours: 1 };
    const answer = given()
      .when(testCommand('ChangeSecuritySettings', { session_hours: 1, access_token_minutes: 15 }))
      .then({ type: 'SecuritySettingsChanged', data: { settings, changed: ['session_hours'], at } });
    expect(answer).toEqual(settings);
  });

  it('should append nothing when nothing changes', () => {
    expect(given().when(testCommand('ChangeSecuritySettings', {})).then()).toEqual(security);
    given()
      .when(testCommand('ChangeSecuritySettings', { session_hours: security.session_hours, mfa_required_roles: [] }))
      .then();
  });

  it('should name each role once and in one order', () => {
    const { decision } = given().when(
      testCommand('ChangeSecuritySettings', { mfa_required_roles: ['viewer', 'admin', 'viewer'] }),
    );
    expect(decision).toMatchObject({ result: { mfa_required_roles: ['admin', 'viewer'] } });
  });

  it('should ignore what is no security setting', () => {
    const odd = { surprise: true, __proto__: { session_hours: 3 } } as object;
    given().when(testCommand('ChangeSecuritySettings', odd)).then();
  });
});

describe('whether registration is open', () => {
  const closed = defaultPolicies({ NODE_ENV: 'production' });
  const decider = policyDecider(closed);
  const fold = (...events: PolicyEvent[]) => events.reduce(decider.evolve, decider.initialState());
  const changed = (settings: Partial<typeof security>, ...names: string[]): PolicyEvent => ({
    type: 'SecuritySettingsChanged',
    data: { settings: { ...security, ...settings }, changed: names, at },
  });

  it('should follow the environment until somebody says it', () => {
    expect(closed.security.registration_open).toBe(false);
    expect(defaultPolicies({ NODE_ENV: 'development' }).security.registration_open).toBe(true);
    expect(defaultPolicies({ NODE_ENV: 'production', REGISTRATION_OPEN: true }).security.registration_open).toBe(true);
    const other = fold(changed({ registration_open: true, session_hours: 1 }, 'session_hours'));
    expect(other.policies.security).toMatchObject({ registration_open: false, session_hours: 1 });
    const said = fold(changed({ registration_open: true }, 'registration_open'), changed({}, 'session_hours'));
    expect(said.policies.security.registration_open).toBe(true);
  });

  it('should be said also by saying what the environment says', () => {
    deciderSpec(decider)
      .given()
      .when(testCommand('ChangeSecuritySettings', { registration_open: false }))
      .thenTypes('SecuritySettingsChanged');
    deciderSpec(decider)
      .given(changed({ registration_open: false }, 'registration_open'))
      .when(testCommand('ChangeSecuritySettings', { registration_open: false }))
      .then();
  });
});

describe('the password policy', () => {
  it('should change what is given', () => {
    const policy = { ...password, min_length: 20 };
    given()
      .when(testCommand('ChangePasswordPolicy', { min_length: 20, require_digit: undefined }))
      .then({ type: 'PasswordPolicyChanged', data: { policy, changed: ['min_length'], at } });
  });
});

describe('IP rules', () => {
  const change = (data: object) => testCommand('ChangeIpRules', { caller_address: '10.0.0.1', ...data });
  const rules = { allow: allowed('10.0.0.0/8'), block: [] };
  const before: PolicyEvent = { type: 'IpRulesChanged', data: { rules, at } };

  it('should replace the lists given, in one way of writing and without repetitions', () => {
    const allow = [...allowed('10.1.2.3/8'), { cidr: '10.0.0.0/8', description: 'office' }];
    given()
      .when(change({ allow, block: allowed('192.0.2.7') }))
      .then({
        type: 'IpRulesChanged',
        data: { rules: { allow: [{ cidr: '10.0.0.0/8', description: 'office' }], block: allowed('192.0.2.7/32') }, at },
      });
    given(before)
      .when(change({ block: allowed('192.0.2.7') }))
      .then({ type: 'IpRulesChanged', data: { rules: { ...rules, block: allowed('192.0.2.7/32') }, at } });
  });

  it('should append nothing when nothing changes', () => {
    given(before)
      .when(change({ allow: allowed('10.0.0.0/8') }))
      .then();
    given(before).when(change({})).then();
  });

  it.each([
    ['10.0.0.1', { allow: allowed('192.0.2.0/24') }, '/allow'],
    ['10.0.0.1', { block: allowed('10.0.0.0/8') }, '/block'],
    ['::ffff:10.0.0.1', { block: allowed('10.0.0.1') }, '/block'],
    ['127.0.0.1', { allow: allowed('10.0.0.0/8') }, '/allow'],
    ['::1', { block: allowed('::/0') }, '/block'],
    ['unknown', { allow: allowed('10.0.0.0/8') }, '/allow'],
  ])('rejects what would lock %s out', (caller_address, data, pointer) => {
    const when = given().when(change({ caller_address, ...data }));
    when.thenRejected({ rejection: 'conflict', code: 'would_lock_out', pointer });
    expect(JSON.stringify(when.decision)).not.toContain(caller_address);
  });

  it('rejects a list that would lock the caller out together with the one that stays', () => {
    given(before)
      .when(change({ block: allowed('10.0.0.0/16') }))
      .thenRejected({ code: 'would_lock_out', pointer: '/block' });
  });

  it('rejects what is no network, naming it', () => {
    given()
      .when(change({ allow: allowed('10.0.0.0/8', 'nowhere') }))
      .thenRejected({ rejection: 'invalid', pointer: '/allow/1/cidr' });
  });
});

describe('reads that are shared', () => {
  it('should give no caller what was read before it asked', async () => {
    let version = 0;
    let reads = 0;
    const gates: (() => void)[] = [];
    const read = shared(async () => {
      reads += 1;
      const seen = version;
      await new Promise<void>((resolve) => gates.push(resolve));
      return seen;
    });
    const first = read();
    version = 1;
    const later = [read(), read(), read()];
    gates.shift()!();
    expect(await first).toBe(0);
    await Promise.resolve();
    gates.shift()!();
    expect(await Promise.all(later)).toEqual([1, 1, 1]);
    expect(reads).toBe(2);
  });

  it('should survive a read that fails', async () => {
    let fails = true;
    const read = shared(() => (fails ? Promise.reject(new Error('no')) : Promise.resolve(1)));
    const [first, second] = [read(), read()];
    await expect(first).rejects.toThrow('no');
    await expect(second).rejects.toThrow('no');
    fails = false;
    expect(await read()).toBe(1);
  });
});
