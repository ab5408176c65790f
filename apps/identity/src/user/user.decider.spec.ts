import { evolveUser, type PersonRole, type UserDocument, type UserEvent } from '@ao/contracts';
import { fold } from '@ao/kernel';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import type { UserCommand } from './user.commands';
import { userDecider } from './user.decider';

const USER = '01900000-0000-7000-8000-000000000001';
const SESSION = '01900000-0000-7000-8000-000000000002';
const T0 = '2026-01-01T00:00:00.000Z';
const T1 = '2026-01-01T00:01:00.000Z';
const INDEX = 'a'.repeat(64);
const at = { time: T1 };

const registration = {
  user_id: USER,
  email: 's1.email',
  email_index: INDEX,
  full_name: 's1.name',
  role: 'viewer' as const,
  password: 's1.password',
  source: 'registration' as const,
};
const registered: UserEvent = { type: 'UserRegistered', data: { ...registration, registered_at: T0 } };
const admin: UserEvent = { type: 'UserRegistered', data: { ...registration, role: 'admin', registered_at: T0 } };
const disabled: UserEvent = { type: 'UserDisabled', data: { user_id: USER, at: T0 } };
const enabled: UserEvent = { type: 'UserEnabled', data: { user_id: USER, at: T0 } };
const erased: UserEvent = { type: 'UserErased', data: { user_id: USER, at: T0 } };
const setUp: UserEvent = { type: 'MfaSetupStarted', data: { user_id: USER, totp: 's1.totp', at: T0 } };
const activated: UserEvent = {
  type: 'MfaActivated',
  data: { user_id: USER, recovery_codes: 's1.codes', recovery_code_count: 10, step: 100, at: T0 },
};
const mfaDisabled: UserEvent = { type: 'MfaDisabled', data: { user_id: USER, at: T0 } };
const passwordChanged: UserEvent = {
  type: 'UserPasswordChanged',
  data: { user_id: USER, password: 's1.other', at: T0 },
};

const register = testCommand('RegisterUser', { ...registration, email_taken: false as const }, at);
interface Seen {
  readonly lastAdmin?: boolean;
  readonly role?: PersonRole;
  readonly status?: 'active' | 'disabled';
}
const change = (changes: object, { lastAdmin = false, role = 'viewer', status = 'active' }: Seen = {}): UserCommand =>
  testCommand('ChangeUser', { user_id: USER, seen: { role, status }, last_admin: lastAdmin, ...changes }, at);
const erase = ({ lastAdmin = false, role = 'viewer', status = 'active' }: Seen = {}): UserCommand =>
  testCommand('EraseUser', { user_id: USER, seen: { role, status }, last_admin: lastAdmin }, at);
const totp = (step: number, secret = 's1.totp') => ({ kind: 'totp' as const, totp: secret, step });
const recovery = (index: number) => ({ kind: 'recovery' as const, recovery_codes: 's1.codes', index });
type Factor = ReturnType<typeof totp> | ReturnType<typeof recovery>;
const logIn = (factor?: Factor, credential_version = 1): UserCommand =>
  testCommand('LogIn', { user_id: USER, session_id: SESSION, credential_version, factor }, at);
const activate = (step: number | undefined, secret = 's1.totp'): UserCommand =>
  testCommand(
    'ActivateMfa',
    { user_id: USER, step, totp: secret, recovery_codes: 's1.codes', recovery_code_count: 10, marker: 'm' },
    at,
  );

const { given } = deciderSpec(userDecider);

describe('a user', () => {
  it('should be registered once', () => {
    const result = given()
      .when(register)
      .then({ type: 'UserRegistered', data: { ...registration, registered_at: T1 } });
    expect(result).toEqual({ user_id: USER, registered_at: T1 });
    given(registered).when(register).thenRejected({ rejection: 'conflict', code: 'email_taken', pointer: '/email' });
    given()
      .when(testCommand('RegisterUser', { email_taken: true as const }, at))
      .thenRejected({ code: 'email_taken' });
  });

  it('should change what is asked for and nothing else', () => {
    given(registered).when(change({})).then();
    given(registered)
      .when(change({ role: 'viewer', disabled: false }))
      .then();
    given(registered)
      .when(change({ role: 'operator', disabled: true, full_name: 's1.new' }))
      .then(
        { type: 'UserProfileChanged', data: { user_id: USER, full_name: 's1.new', at: T1 } },
        { type: 'UserRoleChanged', data: { user_id: USER, role: 'operator', previous_role: 'viewer', at: T1 } },
        { type: 'UserDisabled', data: { user_id: USER, at: T1 } },
      );
    given(registered, disabled)
      .when(change({ disabled: false }, { status: 'disabled' }))
      .thenTypes('UserEnabled');
  });

  it('should keep the last active admin', () => {
    const last = { lastAdmin: true, role: 'admin' } as const;
    for (const changes of [{ role: 'viewer' }, { disabled: true }])
      given(admin).when(change(changes, last)).thenRejected({ rejection: 'conflict', code: 'last_admin' });
    given(admin).when(erase(last)).thenRejected({ code: 'last_admin' });
    given(admin)
      .when(change({ full_name: 's1.new' }, last))
      .thenTypes('UserProfileChanged');
    given(admin)
      .when(change({ role: 'viewer' }, { role: 'admin' }))
      .thenTypes('UserRoleChanged');
    given(admin, disabled)
      .when(change({ role: 'viewer' }, { lastAdmin: true, role: 'admin', status: 'disabled' }))
      .thenTypes('UserRoleChanged');
  });

  it('should refuse what was prepared for another state of it', () => {
    given(admin)
      .when(change({ role: 'viewer' }))
      .thenRejected({ code: 'user_changed' });
    given(admin, disabled)
      .when(erase({ role: 'admin' }))
      .thenRejected({ code: 'user_changed' });
  });

  it('should be erased once, and be nobody to everything else', () => {
    given(registered)
      .when(erase())
      .then({ type: 'UserErased', data: { user_id: USER, at: T1 } });
    expect(given(registered, erased).when(erase()).then()).toEqual({ user_id: USER, erased_at: T0 });
    for (const command of [change({ role: 'admin' }), logIn(), activate(1)])
      given(registered, erased).when(command).thenRejected({ rejection: 'not_found', code: 'user_not_found' });
    given().when(erase()).thenRejected({ code: 'user_not_found' });
    given().when(change({})).thenRejected({ code: 'user_not_found' });
  });

  it('should change its password only when the present one was right and still is the present one', () => {
    const right = { user_id: USER, verdict: 'right' as const, credential_version: 1, password: 's1.new' };
    given(registered)
      .when(testCommand('ChangePassword', right, at))
      .then({ type: 'UserPasswordChanged', data: { user_id: USER, password: 's1.new', at: T1 } });
    given(registered, passwordChanged)
      .when(testCommand('ChangePassword', right, at))
      .thenRejected({ code: 'credentials_changed' });
    given(registered)
      .when(testCommand('ChangePassword', { user_id: USER, verdict: 'wrong' as const }, at))
      .thenRejected({ rejection: 'forbidden', code: 'wrong_password', pointer: '/current_password' });
  });
});

describe('a login', () => {
  it('should need nothing more than the password without MFA', () => {
    expect(given(registered).when(logIn()).then()).toEqual({ session_id: SESSION });
    given(registered, setUp).when(logIn()).then();
  });

  it('should be refused when what was compared counts no more', () => {
    given(registered, disabled).when(logIn()).thenRejected({ code: 'credentials_changed' });
    given(registered, disabled, enabled).when(logIn()).thenRejected({ code: 'credentials_changed' });
    given(registered, disabled, enabled).when(logIn(undefined, 2)).then();
    given(registered, passwordChanged).when(logIn()).thenRejected({ code: 'credentials_changed' });
  });

  it('should need a code with MFA, each step of time once', () => {
    const mfa = [registered, setUp, activated] as const;
    given(...mfa)
      .when(logIn())
      .thenRejected({ rejection: 'unauthenticated', code: 'mfa_required' });
    given(...mfa)
      .when(logIn(totp(100)))
      .thenRejected({ code: 'invalid_mfa_code' });
    given(...mfa)
      .when(logIn(totp(101)))
      .then({ type: 'TotpCodeUsed', data: { user_id: USER, step: 101, at: T1 } });
    const used: UserEvent = { type: 'TotpCodeUsed', data: { user_id: USER, step: 102, at: T0 } };
    for (const step of [101, 102])
      given(...mfa, used)
        .when(logIn(totp(step)))
        .thenRejected({ code: 'invalid_mfa_code' });
    given(...mfa, used)
      .when(logIn(totp(103)))
      .thenTypes('TotpCodeUsed');
    given(...mfa)
      .when(logIn(totp(101, 's1.older')))
      .thenRejected({ code: 'invalid_mfa_code' });
  });

  it('should take each recovery code once', () => {
    const used: UserEvent = { type: 'RecoveryCodeUsed', data: { user_id: USER, index: 3, at: T1 } };
    given(registered, setUp, activated)
      .when(logIn(recovery(3)))
      .then(used);
    given(registered, setUp, activated, used)
      .when(logIn(recovery(3)))
      .thenRejected({ code: 'invalid_mfa_code' });
    given(registered, setUp, activated, used)
      .when(logIn(recovery(4)))
      .thenTypes('RecoveryCodeUsed');
  });
});

describe('a second factor', () => {
  it('should be set up, then activated by a code of that very secret', () => {
    const start = testCommand('StartMfa', { user_id: USER, totp: 's1.totp', marker: 'm' }, at);
    given(registered)
      .when(start)
      .then({ type: 'MfaSetupStarted', data: { user_id: USER, totp: 's1.totp', at: T1 } });
    given(registered, setUp).when(start).thenTypes('MfaSetupStarted');
    given(registered, setUp, activated).when(start).thenRejected({ code: 'mfa_already_enabled' });
    given(registered).when(activate(100)).thenRejected({ code: 'mfa_not_set_up' });
    given(registered, setUp).when(activate(undefined)).thenRejected({ code: 'invalid_mfa_code', pointer: '/code' });
    given(registered, setUp).when(activate(100, 's1.older')).thenRejected({ code: 'credentials_changed' });
    given(registered, setUp).when(activate(100)).thenTypes('MfaActivated');
    given(registered, setUp, activated).when(activate(101)).thenRejected({ code: 'mfa_already_enabled' });
  });

  it('should be disabled by password and code only', () => {
    const disable = (verdict: 'right' | 'wrong_password', factor?: Factor): UserCommand =>
      testCommand('DisableMfa', { user_id: USER, verdict, credential_version: 1, factor }, at);
    const mfa = [registered, setUp, activated] as const;
    given(...mfa)
      .when(disable('wrong_password', totp(101)))
      .thenRejected({ code: 'wrong_password' });
    given(...mfa)
      .when(disable('right'))
      .thenRejected({ code: 'invalid_mfa_code' });
    given(...mfa)
      .when(disable('right', totp(100)))
      .thenRejected({ code: 'invalid_mfa_code' });
    given(...mfa)
      .when(disable('right', recovery(0)))
      .then({ type: 'MfaDisabled', data: { user_id: USER, at: T1 } });
    given(registered, setUp).when(disable('right')).thenRejected({ code: 'mfa_not_enabled' });
    given(...mfa, mfaDisabled)
      .when(logIn(undefined, 2))
      .then();
  });
});

describe('any history', () => {
  it('should count credential versions as every reader does', () => {
    const history = [registered, setUp, activated, passwordChanged, disabled, enabled, mfaDisabled];
    for (let length = 1; length <= history.length; length += 1) {
      const events = history.slice(0, length);
      const state = fold(userDecider, events);
      const document = events.reduce<UserDocument | undefined>(evolveUser, undefined);
      expect(state).toMatchObject({ status: document!.status, user: document });
    }
    expect(fold(userDecider, [...history, erased])).toEqual({ status: 'erased', user_id: USER, erased_at: T0 });
  });
});
