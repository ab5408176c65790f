import { DEFAULT_PASSWORD_POLICY, type PasswordPolicy } from '@ao/contracts';
import { isCommonPassword } from './common-passwords';
import { missingRules, refusePassword } from './password.policy';

const EMAIL = 'grace.hopper@example.org';
const missing = (password: string, policy: Partial<PasswordPolicy> = {}, email = EMAIL) =>
  missingRules({ ...DEFAULT_PASSWORD_POLICY, ...policy }, { password, email, isCommon: isCommonPassword });

describe('the policy of passwords', () => {
  it('should take a long one of any kind', () => {
    expect(missing('correct horse battery')).toEqual([]);
    expect(missing('пароль из слов')).toEqual([]);
  });

  it('should count characters as people do', () => {
    expect(missing('twelve chars')).toEqual([]);
    expect(missing('eleven char')).toEqual(['have at least 12 characters']);
    expect(missing('🐎🐎🔋🔋🐎🐎🔋')).toContain('have at least 12 characters');
  });

  it('should refuse what is tried first, in any case and repeated, unless told not to', () => {
    const common = 'not be one of the passwords that are tried first';
    for (const password of [
      'password',
      'PassWord',
      'qwertyuiop',
      'passwordpassword',
      'aaaaaaaaaaaaaaa',
      'abcabcabcabc',
    ])
      expect(missing(password, { min_length: 8 })).toContain(common);
    expect(missing('password', { min_length: 8, refuse_common: false })).toEqual([]);
    expect(missing('correct horse battery')).not.toContain(common);
  });

  it('should refuse one with the name part of the address', () => {
    const rule = 'not contain the name part of the e-mail address';
    expect(missing('my Grace.Hopper password')).toEqual([rule]);
    expect(missing('a long enough phrase', {}, 'a@example.org')).toEqual([]);
  });

  it('should ask for kinds of characters when it is told to', () => {
    const all = { require_uppercase: true, require_lowercase: true, require_digit: true, require_symbol: true };
    expect(missing('                ', all)).toHaveLength(5);
    expect(missing('correct Horse 7!', all)).toEqual([]);
  });

  it('should name every rule and the field, and nothing of the password', () => {
    const rejection = refusePassword(
      { ...DEFAULT_PASSWORD_POLICY, require_digit: true },
      { password: 'hunter!', email: EMAIL, isCommon: isCommonPassword },
      '/new_password',
    );
    expect(rejection).toMatchObject({
      rejection: 'invalid',
      code: 'password_policy',
      message: 'Expected to set a password, but it must have at least 12 characters and contain a digit',
      pointer: '/new_password',
    });
    expect(JSON.stringify(rejection)).not.toContain('hunter');
  });
});
